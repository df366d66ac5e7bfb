// A button that prints the page. Without scripts it stays hidden: the browser's own menu prints, too.
class PrintPage extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}

customElements.define("print-page", PrintPage);

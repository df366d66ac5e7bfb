/* A menu of the frame is a <details> and works by itself; this closes it on Escape and on a click elsewhere. */
class DropMenu extends HTMLElement {
  connectedCallback() {
    this.menu = this.querySelector("details");
    this.addEventListener("keydown", (event) => { if (event.key === "Escape") this.close(); });
    document.addEventListener("click", (event) => { if (!this.contains(event.target)) this.menu.open = false; });
  }

  close() {
    if (!this.menu.open) return;
    this.menu.open = false;
    this.menu.querySelector("summary").focus();
  }
}

customElements.define("drop-menu", DropMenu);

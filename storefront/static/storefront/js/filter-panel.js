/* The filters are a GET form and, option by option, links. Beside the results (wide) a tick acts at once;
   above them (narrow) a tap on the words only ticks, and the button at the foot applies the choice. */
class FilterPanel extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form.facets");
    this.toggle = this.querySelector(".facet-toggle");
    this.wide = matchMedia("(min-width: 64rem)");
    this.form.addEventListener("change", (event) => this.choose(event.target));
    this.form.addEventListener("click", (event) => this.tap(event));
    this.addEventListener("keydown", (event) => { if (event.key === "Escape") this.close(); });
  }

  choose(input) {
    if (this.wide.matches) location.assign(input.nextElementSibling.href);
  }

  tap(event) {
    const link = event.target.closest("a");
    if (!link || this.wide.matches) return;
    event.preventDefault();
    const input = link.previousElementSibling;
    input.checked = !input.checked;
  }

  close() {
    if (!this.toggle.open) return;
    this.toggle.open = false;
    this.toggle.querySelector("summary").focus();
  }
}

customElements.define("filter-panel", FilterPanel);

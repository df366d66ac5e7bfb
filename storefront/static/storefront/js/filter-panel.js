/* The filters are a GET form and, option by option, links. Beside the results (wide) a tick acts at once;
   above them (narrow) a tap on the words only ticks, and the button at the foot applies the choice. */
class FilterPanel extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form.facets");
    if (!this.form) return;
    this.wide = matchMedia("(min-width: 64rem)");
    this.form.addEventListener("change", (event) => this.choose(event));
    this.form.addEventListener("click", (event) => this.tap(event));
    this.form.addEventListener("submit", () => this.dropEmpty());
    this.querySelector(".facet-toggle")?.addEventListener("keydown", (event) => {
      if (event.key === "Escape") event.currentTarget.open = false;
    });
  }

  choose(event) {
    if (this.wide.matches) this.follow(event.target);
  }

  follow(input) {
    const link = document.getElementById(input.getAttribute("aria-labelledby"));
    if (link) location.assign(link.href);
  }

  tap(event) {
    const link = event.target.closest("a");
    if (!link || this.wide.matches) return;
    const input = this.form.querySelector(`[aria-labelledby="${link.id}"]`);
    if (!input) return;
    event.preventDefault();
    input.checked = input.type === "radio" ? true : !input.checked;
  }

  dropEmpty() {
    for (const field of this.form.elements) if (field.name && field.value === "") field.disabled = true;
  }
}

customElements.define("filter-panel", FilterPanel);

/* Public pages are the same for everyone; what is personal is asked for here.
   GET url → {count, name, desk, officer, agency}. Without this script the link to the basket remains. */
class BasketCount extends HTMLElement {
  connectedCallback() {
    this.refresh();
    addEventListener("pageshow", (event) => { if (event.persisted) this.refresh(); });
    document.addEventListener("basket-changed", () => this.refresh());
  }

  async refresh() {
    const url = this.getAttribute("url");
    if (!url) return;
    try {
      const answer = await fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" } });
      if (answer.ok) this.show(await answer.json());
    } catch { /* offline: the plain link still works */ }
  }

  show({ count, name, desk, officer, agency }) {
    let badge = this.querySelector(".count");
    if (count > 0) {
      if (!badge) {
        badge = document.createElement("span");
        badge.className = "count";
        this.querySelector("a").append(badge);
      }
      badge.textContent = String(count);
    } else {
      badge?.remove();
    }
    for (const link of document.querySelectorAll("[data-when-desk]")) link.hidden = !desk;
    for (const link of document.querySelectorAll("[data-when-officer]")) link.hidden = !officer;
    for (const link of document.querySelectorAll("[data-when-agency]")) link.hidden = !agency;
    for (const place of document.querySelectorAll("[data-account-name]")) if (name) place.textContent = name;
  }
}

customElements.define("basket-count", BasketCount);

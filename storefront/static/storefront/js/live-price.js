// <live-price>: while she types what she wants to receive, the server works out the price that buyers pay.
const PAUSE = 700;

class LivePrice extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    const receive = this.form?.elements.receive;
    if (!receive) return;
    receive.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.workOut(), PAUSE);
    });
  }

  async workOut() {
    if (!this.form.elements.receive.value.trim()) return;
    this.asking?.abort();
    this.asking = new AbortController();
    const panel = this.querySelector("[data-live]");
    panel.setAttribute("aria-busy", "true");
    const data = new FormData(this.form);
    data.set("work_out", "1");
    try {
      const answer = await fetch(location.pathname, { method: "POST", body: data, signal: this.asking.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("live-price [data-live]");
      if (fresh) panel.replaceChildren(...fresh.childNodes);
      const worked = page.querySelector('input[name="worked_for"]');
      if (worked) this.form.elements.worked_for.value = worked.value;
    } catch {
      // No connection: the button below still does it.
    }
    panel.removeAttribute("aria-busy");
  }
}

customElements.define("live-price", LivePrice);

// <live-price>: while she types what she wants to receive, the server works out the price that buyers pay, and the other way
// round. What it cannot read it says, in the words in which it would refuse the form.
const PAUSE = 700;

class LivePrice extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    const { receive, price } = this.form?.elements ?? {};
    if (!receive || !price) return;
    this.plain = this.querySelector("[data-plain]");
    this.plain.hidden = true;
    for (const field of [receive, price]) {
      field.addEventListener("input", () => {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.workOut(field), PAUSE);
      });
    }
  }

  async workOut(typed) {
    if (!typed.value.trim()) return;
    this.asking?.abort();
    this.asking = new AbortController();
    const panel = this.querySelector("[data-live]");
    panel.setAttribute("aria-busy", "true");
    const data = new FormData(this.form);
    data.set("work_out", "1");
    // Of the two the one that she types counts.
    data.set(typed.name === "price" ? "receive" : "worked_for", "");
    try {
      const answer = await fetch(location.pathname, { method: "POST", body: data, signal: this.asking.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("live-price [data-live]");
      if (!fresh) throw new Error(answer.status);
      panel.replaceChildren(...fresh.childNodes);
      this.take(page, typed);
    } catch (problem) {
      // No connection, or signed out: the button still does it. A newer question is no problem.
      if (problem.name !== "AbortError") this.plain.hidden = false;
    }
    panel.removeAttribute("aria-busy");
  }

  take(page, typed) {
    for (const name of ["receive", "price", "worked_for"]) {
      const field = this.form.elements[name];
      const said = page.querySelector(`input[name="${name}"]`);
      if (said && field !== typed) field.value = said.value;
    }
    for (const name of ["receive", "price"]) this.mark(name, page.querySelector(`.field-${name} .error`));
    if (!this.form.querySelector(".field .error")) document.querySelector("#problems")?.remove();
    // What came is kept with what she typed.
    this.form.dispatchEvent(new Event("input"));
  }

  mark(name, error) {
    const box = this.form.querySelector(`.field-${name}`);
    box.querySelector(".error")?.remove();
    this.form.elements[name].toggleAttribute("aria-invalid", false);
    if (!error) return;
    error.setAttribute("role", "alert");
    box.append(error);
    this.form.elements[name].setAttribute("aria-invalid", "true");
  }
}

customElements.define("live-price", LivePrice);

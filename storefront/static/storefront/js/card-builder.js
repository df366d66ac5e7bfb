/* The builder without reloading: <card-builder data-copy data-copied data-picker> around the form [data-options] and what
   follows from it [data-live]. A change fetches the same page by its form's address and puts in what follows; snippets
   get a button that copies them. Without this script the form's own button does the same. */
const WAIT = 350; // milliseconds after the last key

class CardBuilder extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("[data-options]");
    this.live = this.querySelector("[data-live]");
    if (!this.form || !this.live) return;
    this.addButtons();
    this.addPicker();
    this.form.addEventListener("change", () => this.later(0));
    this.form.addEventListener("input", () => this.later(WAIT));
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.later(0); });
    this.form.querySelector(".card-go").hidden = true;
  }

  later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.show(), wait);
  }

  async show() {
    const url = `${this.form.getAttribute("action")}?${new URLSearchParams(new FormData(this.form))}`;
    if (url === this.shown) return;
    this.shown = url;
    this.asking?.abort();
    this.asking = new AbortController();
    try {
      const answer = await fetch(url, { credentials: "same-origin", signal: this.asking.signal });
      if (!answer.ok || answer.redirected) throw new Error("not this page");
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      this.live.replaceChildren(...page.querySelector("[data-live]").childNodes);
      const note = page.querySelector("#accent-note");
      this.querySelector("#accent-note").replaceChildren(...note.childNodes);
      this.querySelector("#accent").toggleAttribute("aria-invalid", Boolean(page.querySelector("#accent[aria-invalid]")));
      this.addButtons();
      history.replaceState(null, "", url);
    } catch (problem) {
      if (problem.name !== "AbortError") location.assign(url);
    }
  }

  addButtons() {
    for (const text of this.querySelectorAll("[data-snippet]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button quiet copy";
      button.textContent = this.dataset.copy;
      button.setAttribute("aria-describedby", `${text.id}-title`);
      button.addEventListener("click", () => this.copy(text, button));
      text.after(button);
    }
  }

  async copy(text, button) {
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
    } catch {
      if (!document.execCommand("copy")) return; // it is selected: the reader's own keys copy it
    }
    button.textContent = this.dataset.copied;
    setTimeout(() => { button.textContent = this.dataset.copy; }, 2000);
  }

  addPicker() {
    const field = this.form.elements.accent;
    const picker = document.createElement("input");
    picker.type = "color";
    picker.className = "picker";
    picker.setAttribute("aria-label", this.dataset.picker);
    const take = () => { if (/^#?[0-9a-f]{6}$/i.test(field.value.trim())) picker.value = `#${field.value.trim().replace("#", "")}`; };
    take();
    field.addEventListener("input", take);
    picker.addEventListener("input", () => { field.value = picker.value; this.later(WAIT); });
    field.after(picker);
  }
}

customElements.define("card-builder", CardBuilder);

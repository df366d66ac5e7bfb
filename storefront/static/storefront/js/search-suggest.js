/* Titles while a reader types: a combobox with a list (ARIA), asked for after a pause; an older question is given up.
   GET url?q= → {results: [{title, lang, kind, url}]}. Without this script the form remains. */
const PAUSE = 180; // milliseconds
let made = 0;

class SearchSuggest extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=search]");
    if (!this.input) return;
    this.list = document.createElement("ul");
    Object.assign(this.list, { className: "suggestions", id: `suggestions-${++made}`, hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", this.getAttribute("words"));
    this.append(this.list);
    const roles = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id };
    for (const [name, value] of Object.entries(roles)) this.input.setAttribute(name, value);
    this.input.addEventListener("input", () => this.wait());
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.addEventListener("focusout", (event) => { if (!this.contains(event.relatedTarget)) this.close(); });
    // Before the input loses its focus, which would close the list.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.go(event.target.closest("[role=option]")));
    const box = this.closest("details");
    box?.addEventListener("toggle", () => { if (box.open) this.input.focus(); });
    box?.addEventListener("keydown", (event) => { if (event.key === "Escape" && this.list.hidden) this.shut(box); });
  }

  wait() {
    clearTimeout(this.timer);
    this.asked?.abort();
    if (!this.input.value.trim()) return this.close();
    this.timer = setTimeout(() => this.ask(this.input.value.trim()), PAUSE);
  }

  async ask(words) {
    this.asked = new AbortController();
    try {
      const url = `${this.getAttribute("url")}?${new URLSearchParams({ q: words.slice(0, 60) })}`;
      const answer = await fetch(url, { signal: this.asked.signal, credentials: "omit" });
      if (answer.ok) this.show((await answer.json()).results);
    } catch { /* given up, or offline: the form still works */ }
  }

  show(results) {
    this.list.replaceChildren(...results.filter((row) => row.url).map((row, number) => {
      const option = document.createElement("li");
      Object.assign(option, { id: `${this.list.id}-${number}` });
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.url = row.url;
      const title = document.createElement("span"), kind = document.createElement("span");
      Object.assign(title, { lang: row.lang, textContent: row.title });
      Object.assign(kind, { className: "kind", textContent: row.kind });
      option.append(title, kind);
      return option;
    }));
    this.chosen = -1;
    this.toggle(this.list.children.length > 0 && document.activeElement === this.input);
  }

  press(event) {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !this.list.hidden) {
      event.preventDefault();
      this.choose(this.chosen + step);
    } else if (event.key === "Enter" && !this.list.hidden && this.chosen >= 0) {
      event.preventDefault();
      this.go(this.list.children[this.chosen]);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }

  choose(number) {
    const last = this.list.children.length - 1;
    this.chosen = number > last ? -1 : number < -1 ? last : number;
    [...this.list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === this.chosen)));
    if (this.chosen < 0) this.input.removeAttribute("aria-activedescendant");
    else this.input.setAttribute("aria-activedescendant", this.list.children[this.chosen].id);
  }

  go(option) {
    if (option) location.assign(option.dataset.url);
  }

  toggle(open) {
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
    if (!open) this.input.removeAttribute("aria-activedescendant");
  }

  close() {
    clearTimeout(this.timer);
    this.asked?.abort();
    this.chosen = -1;
    this.toggle(false);
  }

  shut(box) {
    box.open = false;
    box.querySelector("summary").focus();
  }
}

customElements.define("search-suggest", SearchSuggest);

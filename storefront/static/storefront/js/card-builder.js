/* The builder without reloading: <card-builder data-copy data-copied data-picker> around the form [data-options] and what
   follows from it [data-live]. A change fetches the same page by its form's address and puts in what is different there,
   so that nobody who reads or tabs through it loses the place; snippets get a button that copies them. Without this script the form's own button does the same.
*/
const WAIT = 350; // milliseconds after the last key
const HOLDS_PLACE = "[tabindex], a, button, iframe, textarea"; // where the focus can be

const alike = (here, there) => ["nodeName", "id", "className"].every((name) => here[name] === there[name]);

// Makes the children of ``here`` as those of ``there`` are. Elements that can hold the focus stay.
function redraw(here, there) {
  let next = here.firstElementChild;
  for (const child of [...there.children]) {
    let old = next;
    while (old && !alike(old, child)) old = old.nextElementSibling;
    if (!old) { here.insertBefore(child, next); continue; }
    while (next !== old) { const gone = next; next = next.nextElementSibling; gone.remove(); }
    next = old.nextElementSibling;
    change(old, child);
  }
  while (next) { const gone = next; next = next.nextElementSibling; if (!gone.matches(".copy")) gone.remove(); }
}

function change(here, there) {
  if (here.isEqualNode(there)) return;
  if (here.matches("iframe")) {
    if (here.getAttribute("src") === there.getAttribute("src")) return; // its height is what the card said
    const held = here === document.activeElement;
    here.replaceWith(there); // another src in the same frame would be a step in the reader's history
    if (held) there.focus({ preventScroll: true });
    return;
  }
  if (!here.matches(HOLDS_PLACE) && !here.querySelector(HOLDS_PLACE)) { here.replaceWith(there); return; }
  for (const { name, value } of there.attributes) if (here.getAttribute(name) !== value) here.setAttribute(name, value);
  if (here.matches("textarea")) here.value = here.defaultValue = there.defaultValue;
  else redraw(here, there);
}

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
      redraw(this.live, page.querySelector("[data-live]"));
      const note = page.querySelector("#accent-note");
      this.querySelector("#accent-note").replaceChildren(...note.childNodes);
      this.querySelector("#accent").toggleAttribute("aria-invalid", Boolean(page.querySelector("#accent[aria-invalid]")));
      this.addButtons();
      const forms = page.querySelectorAll("[data-choices]"); // they carry what is chosen here along
      document.querySelectorAll("[data-choices]").forEach((form, place) => { form.action = forms[place]?.getAttribute("action") ?? form.action; });
      history.replaceState(null, "", url);
    } catch (problem) {
      if (problem.name !== "AbortError") location.assign(url);
    }
  }

  addButtons() {
    for (const text of this.querySelectorAll("[data-snippet]")) {
      if (text.nextElementSibling?.matches(".copy")) continue;
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

// <keep-form>: what was typed survives a lost connection, a reload and a killed tab.
// Without scripts its form is sent as any other. Files are not kept here: photo-field sends them one by one.
const PAUSES = [2, 5, 10, 20, 40];
const KEPT = "keep-form:";

class KeepForm extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    if (!this.form) return;
    this.place = KEPT + location.pathname;
    // What the server has just answered shows all that was typed.
    if (!("answered" in this.dataset)) this.putBack();
    this.form.addEventListener("input", () => this.keep());
    // On its way out of the form: whatever within still has to wait has said so by then.
    this.addEventListener("submit", (event) => this.send(event));
    addEventListener("online", () => this.waiting && this.retry());
  }

  // Typed values only: no files, no tokens, no passwords.
  values() {
    const found = [];
    for (const field of this.form.elements) {
      if (!field.name || ["hidden", "file", "password", "submit", "button"].includes(field.type)) continue;
      const ticked = field.type === "checkbox" || field.type === "radio";
      found.push([field.name, ticked ? `${field.value}\u0000${field.checked}` : field.value]);
    }
    return JSON.stringify(found);
  }

  keep() {
    try { localStorage.setItem(this.place, this.values()); } catch { /* a full or forbidden store: nothing is worse than before */ }
  }

  forget() {
    try { localStorage.removeItem(this.place); } catch { /* as above */ }
  }

  putBack() {
    let kept = null;
    try { kept = localStorage.getItem(this.place); } catch { return; }
    // A page that came back with a mistake shows what was typed already.
    if (!kept || kept === this.values() || document.querySelector("#problems")) return;
    const left = JSON.parse(kept);
    for (const field of this.form.elements) {
      const at = left.findIndex(([name, value]) => name === field.name && (!value.includes("\u0000") || value.startsWith(`${field.value}\u0000`)));
      if (at < 0 || ["hidden", "file", "password", "submit", "button"].includes(field.type)) continue;
      const [[, value]] = left.splice(at, 1);
      if (value.includes("\u0000")) field.checked = value.endsWith("true");
      else field.value = value;
    }
    this.say(this.dataset.found, this.dataset.leave, () => { this.forget(); location.reload(); });
  }

  async send(event) {
    // Something within still waits (photos on their way) and sends the form itself when it is done.
    if (event.defaultPrevented) return;
    event.preventDefault();
    if (this.busy) return;
    this.busy = true;
    this.keep();
    const data = new FormData(this.form, event.submitter);
    this.last = { data, tries: 0 };
    await this.attempt();
  }

  async attempt() {
    let page;
    try {
      const answer = await fetch(location.pathname + location.search, { method: "POST", body: this.last.data, headers: { Accept: "text/html" } });
      if (answer.status >= 500) throw new Error(answer.status);
      this.waiting = false;
      const there = new URL(answer.url);
      // Signed out meanwhile: after signing in she comes back, and finds what she typed.
      const signIn = answer.redirected && there.pathname.includes("/account/");
      // A page that came without a redirect has saved nothing: it says what is wrong, or has worked something out.
      if (answer.redirected && !signIn) this.forget();
      if (answer.redirected && there.pathname !== location.pathname) {
        location.assign(answer.url);
        return;
      }
      // Back on its own page: what came is shown, since asking twice would lose what it says once ("is sent").
      if (answer.redirected) history.replaceState(null, "", answer.url);
      page = await answer.text();
    } catch {
      this.busy = false;
      this.waiting = true;
      this.say(this.dataset.lost, this.dataset.again, () => this.retry());
      const pause = PAUSES[this.last.tries++];
      if (pause) setTimeout(() => this.waiting && this.retry(), pause * 1000);
      return;
    }
    this.show(page);
  }

  // Only the middle of the page is replaced: what runs already runs once, and new elements come whole.
  show(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    const main = page.querySelector("main");
    if (!main) {
      HTMLFormElement.prototype.submit.call(this.form);
      return;
    }
    for (const sheet of page.querySelectorAll("head link[rel=stylesheet]")) {
      if (!document.querySelector(`link[href="${sheet.getAttribute("href")}"]`)) document.head.append(sheet);
    }
    main.querySelectorAll("keep-form").forEach((form) => { form.dataset.answered = ""; });
    document.title = page.title;
    document.body.className = page.body.className;
    document.querySelector("main").replaceWith(main);
    const first = main.querySelector("#problems, .messages, .worked-out") ?? main;
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
    first.scrollIntoView({ block: "start" });
  }

  retry() {
    if (this.busy) return;
    this.busy = true;
    this.say(this.dataset.back);
    this.attempt();
  }

  // With a button that says ``label`` and does ``act``.
  say(text, label = "", act = null) {
    let note = this.querySelector(".keep-note");
    if (!note) {
      note = document.createElement("p");
      note.className = "note keep-note";
      note.setAttribute("role", "status");
      this.prepend(note);
    }
    note.textContent = `${text} `;
    if (!label) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button quiet";
    button.textContent = label;
    button.addEventListener("click", act);
    note.append(button);
  }
}

customElements.define("keep-form", KeepForm);

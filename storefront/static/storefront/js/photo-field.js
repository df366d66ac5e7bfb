import { forget, newKey, recall, remember } from "./photo-store.js";
import { send } from "./photo-sender.js";
import { shrink } from "./photo-shrink.js";

/* Photos leave the telephone as soon as they are taken, one at a time, while the rest of the form is filled in. Each goes
   into the form as a ticket (name "kept"), in the order of the list (name "order"). Without this script the file field
   sends them with the form. Words come from data-… of the element: they stand in the template, for the translators. */
class PhotoField extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.list = this.querySelector("[data-list]");
    this.input = this.querySelector("input[type=file]");
    this.status = this.querySelector("[role=status]");
    this.template = this.querySelector("template");
    this.items = new Map();
    this.busy = false;
    this.querySelectorAll("[data-plain]").forEach((part) => { part.hidden = true; });
    this.list.querySelectorAll("li").forEach((row) => this.adopt(row));
    this.input.addEventListener("change", () => this.take());
    this.form.addEventListener("submit", (event) => this.beforeSubmit(event));
    this.renumber();
    this.restore();
  }

  get token() {
    return this.form.querySelector("[name=csrfmiddlewaretoken]").value;
  }

  /* A row that the server drew gets its buttons. */
  adopt(row) {
    const value = row.dataset.picture ?? row.dataset.ticket;
    row.querySelectorAll("[data-plain] input").forEach((input) => { input.disabled = true; });
    row.append(this.tools());
    if (row.dataset.ticket) {
      row.append(this.hidden("kept", value));
      this.items.set(value, { key: value, ticket: value, row, state: "there" });
      row.dataset.key = value;
    } else {
      row.querySelector("[data-remove]").remove();
    }
    row.append(this.hidden("order", value));
    this.listen(row);
  }

  tools() {
    return this.template.content.querySelector("[data-tools]").cloneNode(true);
  }

  hidden(name, value) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    return input;
  }

  listen(row) {
    row.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-move], button[data-remove], button[data-again]");
      if (!button) return;
      if (button.dataset.move) this.move(row, button);
      else if ("remove" in button.dataset) this.remove(row);
      else this.again(row);
    });
  }

  /* The files chosen just now: kept first, then sent. The field is emptied, so that they do not travel twice. */
  async take() {
    const files = [...this.input.files];
    this.input.value = "";
    const room = Math.max(0, Number(this.dataset.most) - this.staying());
    if (files.length > room) this.say(this.dataset.tooMany);
    const taken = files.slice(0, room).map((file, number) => {
      // Photos chosen together keep their order after a reload.
      const item = { key: newKey(), scope: this.dataset.scope, made: Date.now() + number / 1000, file, name: file.name, state: "new" };
      this.show(item);
      return item;
    });
    for (const item of taken) await this.keep(item);
    this.work();
  }

  staying() {
    return this.list.querySelectorAll("li").length - this.list.querySelectorAll("input[name=remove]:checked").length;
  }

  refused() {
    return [...this.items.values()].filter((item) => item.state === "refused").length;
  }

  async keep(item) {
    const { row, state, why, ...record } = item;
    await remember(record);
  }

  show(item) {
    const row = this.template.content.querySelector("li").cloneNode(true);
    row.dataset.key = item.key;
    row.append(this.tools());
    item.row = row;
    this.items.set(item.key, item);
    this.list.append(row);
    this.listen(row);
    this.tell(item, this.dataset.waiting);
    this.renumber();
  }

  tell(item, words) {
    item.row.querySelector("[data-state]").textContent = words;
  }

  say(words) {
    this.status.textContent = words;
  }

  /* One at a time: a small telephone holds one photo in memory, not eight. */
  async work() {
    if (this.busy) return;
    this.busy = true;
    let item;
    while ((item = [...this.items.values()].find((one) => one.state === "new"))) await this.deliver(item);
    this.busy = false;
    this.sum();
    if (this.submitter !== undefined && !this.unsent().length) this.submitNow();
  }

  async deliver(item) {
    item.state = "sending";
    item.row.querySelector("[data-again]").hidden = true;
    if (!item.small) {
      this.tell(item, this.dataset.shrinking);
      item.file = await shrink(item.file, Number(this.dataset.edge));
      item.small = true;
      await this.keep(item);
    }
    if (!this.items.has(item.key)) return;
    this.picture(item);
    if (item.file.size > Number(this.dataset.mostBytes)) {
      this.refuse(item, this.dataset.tooLarge);
      return;
    }
    this.tell(item, this.dataset.sending.replace("{percent}", "0"));
    const answer = await send({
      url: this.dataset.url,
      token: this.token,
      fields: [["key", item.key], ["photo", item.file, "photo.jpg"]],
      onprogress: (percent) => this.tell(item, this.dataset.sending.replace("{percent}", percent)),
      onpause: () => this.tell(item, this.dataset.lost),
    });
    await this.answered(item, answer);
  }

  async answered(item, { status, body }) {
    if (!this.items.has(item.key)) {
      // Removed while it was on its way.
      if (body?.ticket) this.takeAway(body.small_url);
      return;
    }
    if (body?.ticket) {
      Object.assign(item, { ticket: body.ticket, url: body.small_url, file: null });
      this.arrived(item);
      await this.keep(item);
    } else if (status === 410) {
      await forget(item.key);
      this.drop(item);
    } else if (body?.error && status !== 429) {
      this.refuse(item, body.error);
    } else {
      item.state = "failed";
      const signedOut = status === "signed-out" || status === 403;
      this.tell(item, body?.error ?? (signedOut ? this.dataset.signedOut : this.dataset.failed));
      item.row.querySelector("[data-again]").hidden = false;
    }
  }

  /* The server has it: the form names its ticket. */
  arrived(item) {
    item.state = "there";
    this.tell(item, this.dataset.arrived);
    item.row.append(this.hidden("kept", item.ticket), this.hidden("order", item.ticket));
    const image = item.row.querySelector("img");
    image.hidden = false;
    image.src = item.url;
  }

  /* This one will never be taken: sending it again would change nothing. */
  refuse(item, words) {
    item.state = "refused";
    item.why = `${item.name}: ${words}`;
    this.tell(item, words);
    forget(item.key);
  }

  picture(item) {
    const image = item.row.querySelector("img");
    const url = URL.createObjectURL(item.file);
    image.onload = () => { URL.revokeObjectURL(url); };
    image.onerror = () => { URL.revokeObjectURL(url); image.hidden = true; };
    image.hidden = false;
    image.src = url;
  }

  again(row) {
    this.items.get(row.dataset.key).state = "new";
    this.work();
  }

  async remove(row) {
    const item = this.items.get(row.dataset.key);
    const next = row.nextElementSibling ?? row.previousElementSibling;
    this.drop(item);
    (next?.querySelector("[data-remove]") ?? this.input).focus();
    this.say(this.dataset.removed);
    if (item.ticket) this.takeAway(row.dataset.small ?? item.url);
    await forget(item.key);
    this.continueSubmit();
  }

  drop(item) {
    item.row.remove();
    this.items.delete(item.key);
    this.renumber();
  }

  takeAway(url) {
    const headers = { "X-CSRFToken": this.token };
    fetch(url, { method: "DELETE", headers, keepalive: true }).catch(() => {});
  }

  move(row, button) {
    const where = button.dataset.move;
    if (where === "first") this.list.prepend(row);
    else if (where === "earlier") row.previousElementSibling?.before(row);
    else row.nextElementSibling?.after(row);
    this.renumber();
    // A button that has nothing more to do hands over to its neighbour.
    (button.disabled ? row.querySelector("button[data-move]:enabled") : button)?.focus();
    this.say(this.dataset.moved.replace("{number}", [...this.list.children].indexOf(row) + 1));
  }

  renumber() {
    const rows = [...this.list.children];
    this.list.hidden = !rows.length;
    rows.forEach((row, index) => {
      row.querySelectorAll("[data-label]").forEach((button) => {
        button.setAttribute("aria-label", button.dataset.label.replace("{number}", index + 1));
      });
      row.classList.toggle("shown-first", index === 0);
      row.querySelectorAll("[data-move=first], [data-move=earlier]").forEach((button) => { button.disabled = index === 0; });
      row.querySelector("[data-move=later]").disabled = index === rows.length - 1;
    });
  }

  unsent() {
    return [...this.items.values()].filter((item) => item.state !== "there" && item.state !== "refused");
  }

  sum() {
    const failed = [...this.items.values()].filter((item) => item.state === "failed").length;
    if (failed) this.say(this.dataset.someFailed.replace("{number}", failed));
    else if (this.refused()) this.say([...this.items.values()].find((item) => item.state === "refused").why);
    else if (this.items.size) this.say(this.dataset.allArrived);
  }

  /* What is still on its way is waited for; the form then goes by itself. */
  beforeSubmit(event) {
    const refused = [...this.items.values()].find((item) => item.state === "refused");
    if (refused && this.staying() === this.refused()) {
      // Nothing else is there: the server could only ask for a photo, and what is wrong with this one would be gone.
      event.preventDefault();
      this.say(refused.why);
      this.status.scrollIntoView({ block: "nearest" });
      return;
    }
    if (!this.unsent().length) return;
    event.preventDefault();
    this.submitter = event.submitter ?? null;
    const failed = this.unsent().filter((item) => item.state === "failed").length;
    this.say(failed ? this.dataset.someFailed.replace("{number}", failed) : this.dataset.patience);
    this.status.scrollIntoView({ block: "nearest" });
  }

  continueSubmit() {
    if (this.submitter !== undefined && !this.busy && !this.unsent().length) this.submitNow();
  }

  submitNow() {
    const submitter = this.submitter;
    this.submitter = undefined;
    this.form.requestSubmit(submitter ?? undefined);
  }

  /* Photos of an earlier visit: those that arrived, while the server still has them; those that did not are sent now. */
  async restore() {
    const records = (await recall(this.dataset.scope)).filter((record) => !this.items.has(record.key));
    const there = await this.stillThere(records.filter((record) => record.ticket).map((record) => record.ticket));
    let found = 0;
    for (const record of records) {
      if (record.ticket && (!there.has(record.ticket) || this.items.has(record.ticket))) {
        await forget(record.key);
      } else if (this.staying() < Number(this.dataset.most)) {
        found += 1;
        const item = { ...record, state: "new" };
        this.show(item);
        if (item.ticket) this.arrived(item);
      }
    }
    if (found) this.say(this.dataset.restored.replace("{number}", found));
    if (this.unsent().length) this.work();
  }

  async stillThere(tickets) {
    if (!tickets.length) return new Set();
    const query = new URLSearchParams(tickets.map((ticket) => ["ticket", ticket]));
    try {
      const answer = await fetch(`${this.dataset.url}?${query}`, { headers: { Accept: "application/json" } });
      return new Set((await answer.json()).waiting.map((photo) => photo.ticket));
    } catch {
      return new Set(tickets);
    }
  }
}

customElements.define("photo-field", PhotoField);

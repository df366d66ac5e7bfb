/* Each economy has address fields of its own. Without this script a button asks for them; with it they come as soon as
   an economy is chosen. What was typed stays, also what is typed while the answer is on its way. */
class AddressFields extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.select = this.querySelector("[name=economy]");
    this.button = this.querySelector("[name=change]");
    this.button.closest("p").hidden = true;
    this.select.addEventListener("change", () => this.reload());
  }

  async reload() {
    const wanted = this.select.value;
    const sent = new FormData(this.form);
    sent.set("change", "1");
    const old = this.querySelector("[data-fields]");
    old.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(location.href, { method: "POST", body: sent });
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (this.select.value !== wanted) return;
      const fresh = page.querySelector("address-fields [data-fields]");
      this.keep(old, fresh, sent);
      old.replaceWith(fresh);
    } catch {
      old.removeAttribute("aria-busy");
      this.button.closest("p").hidden = false;
    }
  }

  keep(old, fresh, sent) {
    for (const input of old.querySelectorAll("input[name], select[name], textarea[name]")) {
      const same = fresh.querySelector(`[name="${input.name}"]`);
      if (!same) continue;
      if (input.type === "checkbox") same.checked = input.checked;
      else if (input.value !== sent.get(input.name)) same.value = input.value;
    }
  }
}

customElements.define("address-fields", AddressFields);

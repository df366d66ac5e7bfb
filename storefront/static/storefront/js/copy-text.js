/* <copy-texts data-copy data-copied>: a button that copies beside each [data-copy-text] in it. Without this script the
   text can be marked and copied by hand. */
class CopyTexts extends HTMLElement {
  connectedCallback() {
    for (const text of this.querySelectorAll("[data-copy-text]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button quiet copy";
      button.textContent = this.dataset.copy;
      button.setAttribute("aria-describedby", text.id);
      button.addEventListener("click", () => this.copy(text, button));
      text.after(button);
    }
  }

  async copy(text, button) {
    getSelection().selectAllChildren(text);
    try {
      await navigator.clipboard.writeText(text.textContent);
    } catch {
      if (!document.execCommand("copy")) return; // it is marked: the reader's own keys copy it
    }
    button.textContent = this.dataset.copied;
    setTimeout(() => { button.textContent = this.dataset.copy; }, 2000);
  }
}

customElements.define("copy-texts", CopyTexts);

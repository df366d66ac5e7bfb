// The code that came with the scanned square (behind the #) is kept while she signs in, and written into its field.
const KEPT = "handover-code";

class HandoverCode extends HTMLElement {
  connectedCallback() {
    const scanned = location.hash.slice(1).replace(/\D/g, "").slice(0, 20);
    try {
      if (scanned) {
        sessionStorage.setItem(KEPT, scanned);
        // Nobody who looks over her shoulder, and no history, needs it in the address.
        history.replaceState(null, "", location.pathname + location.search);
      }
      this.fill(scanned || sessionStorage.getItem(KEPT));
    } catch {
      this.fill(scanned);
    }
  }

  fill(code) {
    const field = this.querySelector("input[name=code]");
    if (!field || !code || field.value) return;
    field.value = code.replace(/(.{4})(?=.)/g, "$1 ");
    field.form.addEventListener("submit", () => {
      try { sessionStorage.removeItem(KEPT); } catch { /* nothing is kept then */ }
    });
  }
}

customElements.define("handover-code", HandoverCode);

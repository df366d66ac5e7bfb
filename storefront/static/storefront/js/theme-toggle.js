/* A classic script in the head, so that a stored choice is on the page before its first paint. */
(() => {
  const root = document.documentElement;
  const read = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
  const keep = (theme) => { try { localStorage.setItem("theme", theme); } catch { /* private mode */ } };
  const stored = read();
  if (stored === "dark" || stored === "light") root.dataset.theme = stored;

  const system = () => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const isDark = () => (root.dataset.theme || system()) === "dark";

  customElements.define("theme-toggle", class extends HTMLElement {
    connectedCallback() {
      this.button = document.createElement("button");
      this.button.type = "button";
      this.button.className = "button quiet";
      this.button.addEventListener("click", () => this.turn());
      this.append(this.button);
      this.draw();
    }

    turn() {
      root.dataset.theme = isDark() ? "light" : "dark";
      keep(root.dataset.theme);
      this.draw();
    }

    draw() {
      this.button.textContent = isDark() ? this.dataset.light : this.dataset.dark;
    }
  });
})();

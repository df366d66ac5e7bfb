/* The pictures are a strip that scrolls and snaps by itself; this adds thumbnails. */
class PictureGallery extends HTMLElement {
  connectedCallback() {
    this.strip = this.querySelector(".strip");
    this.slides = [...this.strip.children];
    if (this.slides.length < 2) return;
    this.append(this.thumbnails());
    this.watch();
  }

  thumbnails() {
    const row = document.createElement("div");
    row.className = "thumbs";
    this.buttons = this.slides.map((slide, index) => {
      const button = document.createElement("button");
      const picture = slide.querySelector("img").cloneNode();
      button.type = "button";
      button.setAttribute("aria-label", slide.dataset.label);
      Object.assign(picture, { alt: "", sizes: "60px", loading: "lazy", fetchPriority: "auto" });
      button.append(picture);
      button.addEventListener("click", () => this.go(index));
      return button;
    });
    row.append(...this.buttons);
    return row;
  }

  go(index) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const offset = this.slides[index].offsetLeft - this.strip.offsetLeft;
    this.strip.scrollTo({ left: offset, behavior: still ? "auto" : "smooth" });
  }

  watch() {
    const observer = new IntersectionObserver((entries) => {
      const seen = entries.find((entry) => entry.isIntersecting);
      if (seen) this.mark(this.slides.indexOf(seen.target));
    }, { root: this.strip, threshold: 0.6 });
    this.slides.forEach((slide) => observer.observe(slide));
    this.mark(0);
  }

  mark(current) {
    this.buttons.forEach((button, index) => button.setAttribute("aria-current", index === current));
  }
}

customElements.define("picture-gallery", PictureGallery);

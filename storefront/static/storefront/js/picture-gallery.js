/* The pictures are a strip that scrolls and snaps by itself, the thumbnails are links into it.
   This keeps the page where it is when one is pressed, and marks the picture in view. */
class PictureGallery extends HTMLElement {
  connectedCallback() {
    this.strip = this.querySelector(".strip");
    this.slides = [...this.strip.children];
    this.links = [...this.querySelectorAll(".thumbs a")];
    if (!this.links.length) return;
    this.links.forEach((link, index) => link.addEventListener("click", (event) => {
      event.preventDefault();
      this.go(index);
    }));
    this.watch();
  }

  go(index) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const left = this.slides[index].offsetLeft - this.slides[0].offsetLeft;
    this.strip.scrollTo({ left, behavior: still ? "auto" : "smooth" });
  }

  watch() {
    const observer = new IntersectionObserver((entries) => {
      const seen = entries.find((entry) => entry.isIntersecting);
      if (seen) this.mark(this.slides.indexOf(seen.target));
    }, { root: this.strip, threshold: 0.6 });
    this.slides.forEach((slide) => observer.observe(slide));
  }

  mark(current) {
    this.links.forEach((link, index) => link.setAttribute("aria-current", index === current));
  }
}

customElements.define("picture-gallery", PictureGallery);

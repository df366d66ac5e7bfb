import { shrink } from "./photo-shrink.js";

/* <small-photo edge="2400">: the photo chosen in its file field is made small on the telephone, before its form travels.
   A form that is sent meanwhile waits for it. */
class SmallPhoto extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.addEventListener("change", (event) => event.target.type === "file" && this.take(event.target));
    this.form.addEventListener("submit", (event) => {
      if (!this.busy) return;
      event.preventDefault();
      this.submitter = event.submitter;
    });
  }

  async take(input) {
    const [file] = input.files;
    if (!file) return;
    this.busy = file;
    const small = await shrink(file, Number(this.getAttribute("edge")));
    // Meanwhile another one may have been chosen: that one is worked on.
    if (this.busy !== file) return;
    if (input.files[0] === file && small.size < file.size) {
      const box = new DataTransfer();
      box.items.add(new File([small], "photo.jpg", { type: small.type }));
      input.files = box.files;
    }
    this.busy = null;
    // Once: where the line broke, the page stays, and the next photo does not send it by itself.
    const submitter = this.submitter;
    this.submitter = null;
    if (submitter) this.form.requestSubmit(submitter);
  }
}

customElements.define("small-photo", SmallPhoto);

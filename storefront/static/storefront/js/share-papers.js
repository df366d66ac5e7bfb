/* The phone's own share sheet with the papers as a file: to a printer, a print shop, the one who goes to the post.
   <share-papers url file data-again data-failed> holds a hidden button and a status. Shown only where files can be
   shared; else the plain link beside it does the work. */
class SharePapers extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.status = this.querySelector("[role=status]");
    const probe = new File([""], "papers.pdf", { type: "application/pdf" });
    if (!this.button || !navigator.canShare?.({ files: [probe] })) return;
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.share());
  }

  async share() {
    try {
      const fetched = !this.file;
      this.file ??= await this.load();
      await this.send(fetched);
    } catch {
      this.status.textContent = this.dataset.failed;
    }
  }

  async load() {
    this.button.disabled = true;
    try {
      const answer = await fetch(this.getAttribute("url"), { credentials: "same-origin" });
      const type = answer.headers.get("Content-Type") ?? "";
      if (!answer.ok || !type.startsWith("application/pdf")) throw new Error("no papers");
      return new File([await answer.blob()], this.getAttribute("file"), { type: "application/pdf" });
    } finally {
      this.button.disabled = false;
    }
  }

  /* A slow line outlasts the tap that browsers ask for: then the file is here, and a second tap sends it. */
  async send(fetched) {
    try {
      await navigator.share({ files: [this.file] });
      this.status.textContent = "";
    } catch (problem) {
      if (problem.name === "AbortError") return;
      if (problem.name !== "NotAllowedError" || !fetched) throw problem;
      this.status.textContent = this.dataset.again;
    }
  }
}

customElements.define("share-papers", SharePapers);

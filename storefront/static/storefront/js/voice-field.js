import { forget, newKey, recall, remember } from "./photo-store.js";
import { send } from "./photo-sender.js";

/* Record, listen, record again or keep it. What is recorded stays on the telephone until the server has it. Where the
   browser cannot record, and without this script, a recording is chosen as a file. */
const KINDS = ['audio/mp4;codecs="mp4a.40.2"', "audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const BITS = 32_000; // a second; a voice needs no more

class VoiceField extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.input = this.querySelector("input[type=file]");
    this.status = this.querySelector("[role=status]");
    this.clock = this.querySelector("[data-clock]");
    this.player = this.querySelector("audio[data-heard]");
    this.querySelectorAll("[data-plain]").forEach((part) => { part.hidden = true; });
    this.querySelector("[data-helpers]").hidden = false;
    for (const name of ["start", "stop", "keep", "delete"]) {
      this[`${name}Button`] = this.querySelector(`[data-${name}]`);
      this[`${name}Button`].addEventListener("click", () => this[name]());
    }
    this.input.addEventListener("change", () => this.choose());
    this.canRecord = Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder);
    this.show("idle");
    this.restore();
  }

  disconnectedCallback() {
    this.stop();
  }

  show(state, words) {
    this.state = state;
    const has = Boolean(this.record);
    this.startButton.hidden = !this.canRecord || state === "recording" || state === "sending";
    this.startButton.textContent = has || this.hasAttribute("data-recorded") ? this.dataset.again : this.dataset.record;
    this.stopButton.hidden = state !== "recording";
    this.clock.hidden = state !== "recording";
    this.keepButton.hidden = !has || state !== "review";
    this.deleteButton.hidden = state === "recording" || state === "sending" || !(has || this.hasAttribute("data-recorded"));
    if (words !== undefined) this.status.textContent = words;
  }

  async start() {
    let sound;
    try {
      sound = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
    } catch {
      this.canRecord = false;
      this.show("idle", this.dataset.forbidden);
      this.input.focus();
      return;
    }
    const kind = KINDS.find((one) => MediaRecorder.isTypeSupported(one));
    const parts = [];
    this.recorder = new MediaRecorder(sound, { audioBitsPerSecond: BITS, ...(kind && { mimeType: kind }) });
    this.recorder.ondataavailable = (event) => { if (event.data.size) parts.push(event.data); };
    this.recorder.onstop = () => {
      sound.getTracks().forEach((track) => track.stop());
      clearInterval(this.ticking);
      const file = new Blob(parts, { type: this.recorder.mimeType.split(";")[0] });
      this.recorder = null;
      this.review(file);
    };
    this.recorder.start(1000);
    this.tick(Date.now());
    this.show("recording", this.dataset.recording);
    this.stopButton.focus();
  }

  tick(began) {
    const most = Number(this.dataset.mostSeconds);
    const draw = () => {
      const seconds = Math.floor((Date.now() - began) / 1000);
      this.clock.textContent = this.dataset.seconds.replace("{seconds}", seconds).replace("{most}", most);
      if (seconds >= most) this.stop();
    };
    this.ticking = setInterval(draw, 500);
    draw();
  }

  stop() {
    if (this.recorder?.state === "recording") this.recorder.stop();
  }

  choose() {
    const [file] = this.input.files;
    this.input.value = "";
    if (!file) return;
    if (file.size > Number(this.dataset.mostBytes)) this.show(this.state, this.dataset.tooLarge);
    else this.review(file);
  }

  async review(file) {
    const old = this.record;
    this.record = { key: newKey(), scope: `voice-${this.dataset.scope}`, made: Date.now(), file };
    this.hear();
    this.show("review", this.dataset.review);
    this.keepButton.focus();
    await remember(this.record);
    if (old) await forget(old.key);
  }

  hear() {
    if (this.heard) URL.revokeObjectURL(this.heard);
    this.heard = this.record ? URL.createObjectURL(this.record.file) : null;
    this.player.hidden = !this.heard;
    if (this.heard) this.player.src = this.heard;
  }

  async keep() {
    const { record } = this;
    this.show("sending", this.dataset.sending.replace("{percent}", "0"));
    const answer = await send({
      url: this.dataset.url,
      token: this.form.querySelector("[name=csrfmiddlewaretoken]").value,
      fields: [["voice", record.file, "voice"]],
      onprogress: (percent) => { this.clock.hidden = false; this.clock.textContent = this.dataset.sending.replace("{percent}", percent); },
      onpause: () => { this.status.textContent = this.dataset.lost; },
    });
    if (answer.body?.voice) {
      this.record = null;
      await forget(record.key);
      if (this.heard) URL.revokeObjectURL(this.heard);
      this.heard = null;
      this.player.src = answer.body.voice.src;
      this.player.hidden = false;
      this.toggleAttribute("data-recorded", true);
      this.show("idle", this.dataset.kept);
    } else {
      const signedOut = answer.status === "signed-out" || answer.status === 403;
      this.show("review", answer.body?.error ?? (signedOut ? this.dataset.signedOut : this.dataset.failed));
    }
  }

  /* What was just recorded, or else what the server has. */
  async delete() {
    if (this.record) {
      await forget(this.record.key);
      this.record = null;
      this.hear();
      this.show("idle", this.dataset.deleted);
      return;
    }
    const data = new FormData();
    data.set("action", "remove");
    data.set("csrfmiddlewaretoken", this.form.querySelector("[name=csrfmiddlewaretoken]").value);
    try {
      const answer = await fetch(this.dataset.url, { method: "POST", body: data, headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
    } catch {
      this.show("idle", this.dataset.failed);
      return;
    }
    this.toggleAttribute("data-recorded", false);
    this.player.hidden = true;
    this.player.removeAttribute("src");
    this.show("idle", this.dataset.deleted);
    (this.startButton.hidden ? this.input : this.startButton).focus();
  }

  async restore() {
    const [record] = (await recall(`voice-${this.dataset.scope}`)).slice(-1);
    if (!record || this.state !== "idle") return;
    this.record = record;
    this.hear();
    this.show("review", this.dataset.restored);
  }
}

customElements.define("voice-field", VoiceField);

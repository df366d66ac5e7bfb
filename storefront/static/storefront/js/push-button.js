// <push-button key subscribe-url unsubscribe-url worker>: asks the browser to show notices on this screen.
// Stays hidden where the browser offers no such thing; all words come from the template.
class PushButton extends HTMLElement {
  async connectedCallback() {
    if (!window.isSecureContext || !("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) return;
    this.on = this.querySelector("[data-push-on]");
    this.off = this.querySelector("[data-push-off]");
    this.said = this.querySelector("[data-push-said]");
    this.on.addEventListener("click", () => this.try(() => this.subscribe()));
    this.off.addEventListener("click", () => this.try(() => this.unsubscribe()));
    const worker = await navigator.serviceWorker.getRegistration("/");
    this.show(Boolean(worker && (await worker.pushManager.getSubscription())));
    this.hidden = false;
  }

  show(subscribed) {
    this.on.hidden = subscribed;
    this.off.hidden = !subscribed;
  }

  async try(act) {
    this.say("wait");
    try {
      await act();
    } catch {
      this.say(Notification.permission === "denied" ? "blocked" : "failed");
    }
  }

  say(what) {
    this.said.textContent = this.dataset[what] || "";
  }

  async subscribe() {
    if ((await Notification.requestPermission()) !== "granted") throw new Error("not allowed");
    await navigator.serviceWorker.register(this.getAttribute("worker"), { scope: "/" });
    const worker = await navigator.serviceWorker.ready;
    const subscription = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: this.getAttribute("key") });
    const { endpoint, keys } = subscription.toJSON();
    try {
      await this.post("subscribe-url", { endpoint, p256dh: keys.p256dh, auth: keys.auth });
    } catch (problem) {
      await subscription.unsubscribe();
      throw problem;
    }
    this.show(true);
    this.say("done");
  }

  async unsubscribe() {
    const worker = await navigator.serviceWorker.getRegistration("/");
    const subscription = worker && (await worker.pushManager.getSubscription());
    if (subscription) {
      await this.post("unsubscribe-url", { endpoint: subscription.endpoint });
      await subscription.unsubscribe();
    }
    this.show(false);
    this.say("stopped");
  }

  async post(where, fields) {
    const token = this.querySelector("[name=csrfmiddlewaretoken]").value;
    const body = new URLSearchParams({ ...fields, csrfmiddlewaretoken: token });
    const answer = await fetch(this.getAttribute(where), { method: "POST", body, credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
  }
}

customElements.define("push-button", PushButton);

// Shows what the shop sends while no page is open, and opens its page when it is touched. It caches nothing.
self.addEventListener("push", (event) => {
  let shown = {};
  try {
    shown = event.data ? event.data.json() : {};
  } catch {
    // Not ours: something is shown all the same, since browsers punish silence.
  }
  event.waitUntil(
    self.registration.showNotification(shown.text || "•", {
      tag: shown.tag,
      lang: shown.lang,
      dir: "auto",
      icon: "/favicon.ico",
      data: { url: shown.url || "/desk/" },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data.url, self.location.origin);
  // Nothing that was sent leads away from here.
  const target = url.origin === self.location.origin ? url.href : `${self.location.origin}/desk/`;
  event.waitUntil(
    (async () => {
      const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
      const same = open.find((client) => client.url === target);
      return same ? same.focus() : self.clients.openWindow(target);
    })(),
  );
});

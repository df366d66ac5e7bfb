(function () {
  "use strict";
  if (window.parent === window) return;
  var found = /^#\??(?:.*&)?secret=([A-Za-z0-9]{10})(?:&|$)/.exec(location.hash);
  var secret = found ? found[1] : "";
  var timer = 0, told = 0;

  function send(message) { window.parent.postMessage(message, "*"); }

  // The body, not the document: the document is never lower than its frame, so it could only grow.
  function report(again) {
    var height = Math.ceil(document.body.getBoundingClientRect().height);
    if (!height || (height === told && again !== true)) return;
    told = height;
    if (secret) send({ message: "height", value: height, secret: secret });
    send({ type: "ovop:height", v: 1, id: document.body.dataset.card, height: height });
  }
  function soon() { clearTimeout(timer); timer = setTimeout(report, 100); }

  if (window.ResizeObserver) new ResizeObserver(soon).observe(document.body);
  window.addEventListener("load", function () { report(true); });
  window.addEventListener("message", function (event) {
    var data = event.data;
    if (event.source === window.parent && data && secret && data.message === "ready" && data.secret === secret) report(true);
  });
  // Inside WordPress' sandbox no link can leave the frame; WordPress follows it for us.
  if (secret) document.addEventListener("click", function (event) {
    var link = event.target.closest ? event.target.closest("a[href]") : null;
    if (!link) return;
    event.preventDefault();
    send({ message: "link", value: link.href, secret: secret });
  });
})();

/* Frames marked with data-card become as high as the card in them says (docs/embedding.md, "Messages"). In the head and
   no module, so that it listens before the first frame is there; without it they keep the height that was reckoned. */
(function () {
  "use strict";
  var HIGHEST = 3000; // CSS pixels
  addEventListener("message", function (event) {
    var told = event.data;
    if (event.origin !== location.origin || !told || told.type !== "ovop:height") return;
    var height = Math.ceil(Number(told.height));
    if (!(height > 0)) return;
    document.querySelectorAll("iframe[data-card]").forEach(function (frame) {
      if (frame.contentWindow === event.source) frame.height = String(Math.min(height, HIGHEST));
    });
  });
})();

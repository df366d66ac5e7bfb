/* Village stories on other people's pages, version 1: <ovop-story src="…"> and <div class="ovop-story-compat" data-src="…">.
   Each shows the shop's card in a frame of its own; what stands inside the element is shown until then, and when it fails.
   Nothing of the page is read, nothing is stored, no request is made but the frame's. */
(function () {
  "use strict";
  var VERSION = 1;
  var NAME = "ovopStories";
  var TAG = "ovop-story";
  var COMPAT = ".ovop-story-compat";
  var OPTIONS = ["lang", "currency", "theme", "accent", "via"];
  var WATCHED = ["src", "height", "title"].concat(OPTIONS);
  // CSS pixels. A card that is lower than the room reserved for it by at most SLACK leaves the page as it is.
  var LOWEST = 100, HIGHEST = 4000, SLACK = 200;
  var USUAL = "0:800 560:444";
  // Milliseconds without a word of the card: after its frame has loaded, and after it came into sight.
  var PATIENCE = 5000, UTMOST = 25000;

  var origins = shopsOf(document.currentScript);
  var known = window[NAME];
  if (known && typeof known.add === "function") {
    origins.forEach(function (origin) { known.add(origin); });
    return;
  }
  if (!window.customElements || !Element.prototype.attachShadow || !window.URL || !window.WeakMap) return;

  var views = new WeakMap();
  var live = [];

  // Whose cards may be shown: of those shops whose loader the page's author put here, and of nobody else.
  function shopsOf(script) {
    var scripts = script && script.src ? [script] : document.querySelectorAll('script[src*="/embed/v1/loader"]');
    return Array.prototype.map.call(scripts, function (one) { return new URL(one.src).origin; });
  }

  function attribute(view, name) { return (view.host.getAttribute(view.prefix + name) || "").trim(); }

  // The address of the card; empty where src names no page of a known shop.
  function addressOf(view) {
    var page, card;
    try { page = new URL(attribute(view, "src"), document.baseURI); } catch (error) { return ""; }
    if (origins.indexOf(page.origin) < 0 || !/^https?:$/.test(page.protocol)) return "";
    if (page.pathname.indexOf("/embed/v1/") === 0) card = page;
    else {
      card = new URL("/embed/v1/card", page.origin);
      card.searchParams.set("url", page.href.split("#")[0]);
    }
    OPTIONS.forEach(function (name) {
      var value = attribute(view, name);
      if (value) card.searchParams.set(name, value);
    });
    return card.href;
  }

  // "444", or for widths "0:812 560:446": the room that is kept for the card before it tells its height.
  function reserved(view) {
    var width = view.box.clientWidth || 600;
    var asked = among(attribute(view, "height"), width);
    view.asked = asked > 0;
    return clamp(asked || among(USUAL, width));
  }

  function among(heights, width) {
    return heights.split(/\s+/).reduce(function (found, part) {
      var pair = part.split(":"), from = pair.length > 1 ? Number(pair[0]) : 0, height = Number(pair[pair.length - 1]);
      return from <= width && height > 0 ? height : found;
    }, 0);
  }

  function clamp(height) { return Math.min(Math.max(Math.ceil(height), LOWEST), HIGHEST); }

  function fit(view) {
    var room = reserved(view), height = view.told || room;
    var spare = room - height;
    if (view.asked && spare > 0 && spare <= SLACK) height = room;
    view.box.style.height = view.failed ? "auto" : height + "px";
    if (view.frame) view.frame.style.height = height + "px";
  }

  function titleOf(view) {
    return attribute(view, "title") || view.host.getAttribute("title") || view.host.textContent.trim().slice(0, 200) || "Story";
  }

  function start(host, prefix) {
    var view = views.get(host);
    if (!view) {
      view = { host: host, prefix: prefix, failed: true };
      try { build(view); } catch (error) { return; } // a host that has a shadow of its own is left as it is
      views.set(host, view);
    }
    if (live.indexOf(view) < 0) {
      live.push(view);
      if (live.length === 1) window.addEventListener("message", heard);
      if (window.ResizeObserver) {
        view.sizes = new ResizeObserver(function () { if (!view.failed) fit(view); });
        view.sizes.observe(view.host.parentElement || view.box);
      }
    }
    show(view);
  }

  // A shadow of its own, so neither the page's styles nor a framework that renders the element come in between.
  function build(view) {
    var root = view.host.attachShadow({ mode: "open" });
    view.box = document.createElement("div");
    view.slot = document.createElement("slot");
    view.box.style.cssText = "position:relative;overflow:hidden";
    view.box.appendChild(view.slot);
    root.appendChild(view.box);
  }

  function show(view) {
    var address = addressOf(view);
    if (view.frame && view.address === address) return fit(view);
    drop(view);
    view.address = address;
    if (!address) return fail(view);
    view.failed = false;
    view.told = 0;
    var frame = view.frame = document.createElement("iframe");
    frame.title = titleOf(view);
    frame.loading = "lazy";
    frame.referrerPolicy = "strict-origin-when-cross-origin";
    frame.allow = "fullscreen";
    frame.style.cssText = "position:absolute;top:0;left:0;width:100%;border:0;visibility:hidden";
    frame.addEventListener("load", function () { wait(view, PATIENCE); });
    frame.src = address;
    view.slot.style.display = "block";
    view.box.appendChild(frame);
    fit(view);
    inSight(view);
  }

  // A frame that lies far below is not loaded yet, so patience begins when it comes into sight.
  function inSight(view) {
    if (!window.IntersectionObserver) return;
    view.sight = new IntersectionObserver(function (entries) {
      if (!entries.some(function (entry) { return entry.isIntersecting; })) return;
      view.sight.disconnect();
      if (!view.timer) wait(view, UTMOST);
    });
    view.sight.observe(view.box);
  }

  function wait(view, time) {
    if (view.told) return;
    clearTimeout(view.timer);
    view.timer = setTimeout(function () { fail(view); }, time);
  }

  // What stands inside the element is shown. The frame stays, out of sight: it may only be slow.
  function fail(view) {
    view.failed = true;
    view.host.style.minHeight = ""; // the page's author kept room for a card
    view.slot.style.display = "contents";
    if (view.frame) view.frame.style.visibility = "hidden";
    fit(view);
  }

  function tell(view, height) {
    clearTimeout(view.timer);
    view.failed = false;
    view.told = clamp(height);
    view.slot.style.display = "none";
    view.frame.title = titleOf(view);
    view.frame.style.visibility = "visible";
    fit(view);
  }

  function drop(view) {
    clearTimeout(view.timer);
    view.timer = 0;
    if (view.sight) view.sight.disconnect();
    if (view.frame) view.frame.remove();
    view.sight = view.frame = null;
  }

  function stop(host) {
    var view = views.get(host), place = live.indexOf(view);
    if (place < 0) return;
    live.splice(place, 1);
    if (!live.length) window.removeEventListener("message", heard);
    if (view.sizes) view.sizes.disconnect();
    drop(view);
    fail(view);
  }

  // Only a number, and only from the very window that it is about. Nothing that was received is run, shown or followed.
  function heard(event) {
    var data = event.data;
    if (!data || typeof data !== "object" || data.type !== "ovop:height" || data.v !== VERSION) return;
    if (typeof data.height !== "number" || !isFinite(data.height) || data.height <= 0) return;
    live.forEach(function (view) {
      if (!view.frame || event.source !== view.frame.contentWindow) return;
      // "null": the page itself is sandboxed, and so is all that it frames.
      if (event.origin === new URL(view.address).origin || event.origin === "null") tell(view, data.height);
    });
  }

  // Several attributes that change together are one change.
  function soon(host) {
    var view = views.get(host);
    if (!view || view.due || live.indexOf(view) < 0) return;
    view.due = true;
    Promise.resolve().then(function () {
      view.due = false;
      if (live.indexOf(view) >= 0) show(view);
    });
  }

  class Story extends HTMLElement {
    static get observedAttributes() { return WATCHED; }
    connectedCallback() { start(this, ""); }
    disconnectedCallback() { stop(this); }
    attributeChangedCallback(name, before, now) { if (before !== now) soon(this); }
  }

  // Where unknown elements are taken out of a page, a <div> stands for one; it has to be looked for.
  function scan() {
    live.slice().forEach(function (view) { if (view.prefix && !view.host.isConnected) stop(view.host); });
    document.querySelectorAll(COMPAT).forEach(function (host) {
      var view = views.get(host);
      if (!view || live.indexOf(view) < 0) start(host, "data-");
    });
  }

  window[NAME] = {
    version: VERSION,
    add: function (origin) {
      if (origins.indexOf(origin) >= 0) return;
      origins.push(origin);
      live.forEach(show);
    },
    get shown() { return live.length; }
  };
  if (!customElements.get(TAG)) customElements.define(TAG, Story);
  new MutationObserver(function (changes) {
    scan();
    changes.forEach(function (change) { if (change.type === "attributes" && change.target.matches(COMPAT)) soon(change.target); });
  }).observe(document.documentElement, {
    childList: true, subtree: true, attributes: true,
    attributeFilter: WATCHED.map(function (name) { return "data-" + name; })
  });
  scan();
})();

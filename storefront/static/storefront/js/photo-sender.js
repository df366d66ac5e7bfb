/* Sends one file over a line that comes and goes. */
const PAUSES = [1, 2, 4, 8, 16, 30]; // seconds, before each new try
const SILENCE = 60_000; // milliseconds without a byte, then the line counts as lost
const LOST = new Set([0, 408, 425, 500, 502, 503, 504]);

/* The answer of the server: {status, body}. Status 0: the line was lost, "signed-out": it asks for the log-in. */
function once(url, fields, token, onprogress) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    let watch;
    const stillThere = () => {
      clearTimeout(watch);
      watch = setTimeout(() => request.abort(), SILENCE);
    };
    const end = () => {
      clearTimeout(watch);
      const isJson = (request.getResponseHeader("Content-Type") ?? "").startsWith("application/json");
      let body = null;
      try { body = isJson ? JSON.parse(request.responseText) : null; } catch { /* cut short: as good as lost */ }
      const wentThrough = request.status >= 200 && request.status < 300;
      resolve({ status: wentThrough && !body ? "signed-out" : request.status, body });
    };
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", token);
    request.upload.onprogress = (event) => {
      stillThere();
      if (event.lengthComputable) onprogress(Math.round((100 * event.loaded) / event.total));
    };
    request.onloadend = end;
    stillThere();
    const data = new FormData();
    for (const [name, value, filename] of fields) filename ? data.append(name, value, filename) : data.append(name, value);
    request.send(data);
  });
}

/* As once, tried again with growing pauses. ``onpause`` is told before each pause; news of a connection ends it. */
export async function send({ url, fields, token, onprogress = () => {}, onpause = () => {} }) {
  for (let tries = 0; ; tries += 1) {
    const answer = await once(url, fields, token, onprogress);
    if (!LOST.has(answer.status) || tries >= PAUSES.length) return answer;
    onpause();
    await pause(PAUSES[tries] * 1000 * (0.75 + Math.random() / 2));
  }
}

function pause(milliseconds) {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(watch);
      removeEventListener("online", go);
      resolve();
    };
    // While the telephone itself says that there is no line, it is not asked in vain again and again.
    const watch = setTimeout(go, navigator.onLine === false ? Math.max(milliseconds, 60_000) : milliseconds);
    addEventListener("online", go);
  });
}

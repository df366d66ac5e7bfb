/* What is not on the server yet, kept in this browser: a reload, a killed tab or an empty battery loses nothing.
   Where the browser keeps nothing (private windows, a full disk) all of it works without. */
const NAME = "desk-waiting";
const STORE = "files";
const DAYS = 30;

const opened = new Promise((resolve) => {
  if (!window.indexedDB) { resolve(null); return; }
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
  request.onsuccess = () => resolve(request.result);
  request.onerror = request.onblocked = () => resolve(null);
}).catch(() => null);

async function ask(mode, act) {
  const database = await opened;
  if (!database) return undefined;
  try {
    return await new Promise((resolve, reject) => {
      const change = database.transaction(STORE, mode);
      const request = act(change.objectStore(STORE));
      change.oncomplete = () => resolve(request.result);
      change.onerror = change.onabort = () => reject(change.error);
    });
  } catch {
    return undefined;
  }
}

/* The records of one form of one person. Of records without a use for a month nothing is left. */
export async function recall(scope) {
  const records = (await ask("readonly", (store) => store.getAll())) ?? [];
  const oldest = Date.now() - DAYS * 86_400_000;
  for (const old of records.filter((record) => record.made < oldest)) await forget(old.key);
  return records.filter((record) => record.scope === scope && record.made >= oldest).sort((a, b) => a.made - b.made);
}

export const remember = (record) => ask("readwrite", (store) => store.put(record));
export const forget = (key) => ask("readwrite", (store) => store.delete(key));

/* A key that no other photo has: the server knows by it what it has got already. */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// What this device keeps between two visits to the page: commands not yet sent, customers last seen, whose they are.
import { openDB } from "idb";

/** The cache of the API's last answers. */
export const KEPT_ANSWERS = "ekenko-answers";

let opening;

/** @returns the database; rejects where the browser keeps none, as in some private windows. */
function database() {
  return (opening ??= openDB("ekenko", 1, {
    upgrade(db) {
      db.createObjectStore("outbox", { keyPath: "seq", autoIncrement: true }).createIndex("sha256", "sha256");
      db.createObjectStore("locations", { keyPath: "id" });
      db.createObjectStore("settings");
    },
    terminated() {
      opening = undefined;
    },
  }));
}

/** Whose commands may be sent with the cookie the browser has now; undefined while nobody is signed in. */
export async function owner() {
  return (await database()).get("settings", "owner");
}

/** Sets it. What somebody else last saw goes; commands wait for their owner. */
export async function setOwner(id) {
  const db = await database();
  if ((await db.get("settings", "owner")) === id) return;
  const change = db.transaction(["settings", "locations"], "readwrite");
  await Promise.all([
    id ? change.objectStore("settings").put(id, "owner") : change.objectStore("settings").delete("owner"),
    change.objectStore("settings").delete("ready_at"),
    change.objectStore("locations").clear(),
    change.done,
  ]);
  await globalThis.caches?.delete(KEPT_ANSWERS);
}

/** When everything needed without signal was last kept, in milliseconds; 0 for never. */
export async function readyAt() {
  return (await (await database()).get("settings", "ready_at")) ?? 0;
}

export async function setReadyAt(at) {
  await (await database()).put("settings", at, "ready_at");
}

export async function add(item) {
  // Strict: the promise to send must outlive a battery that dies now.
  const change = (await database()).transaction("outbox", "readwrite", { durability: "strict" });
  const seq = await change.store.add(item);
  await change.done;
  return seq;
}

/** The owner's first item after `seq`. */
export async function next(owner, seq) {
  const store = (await database()).transaction("outbox").store;
  for (let cursor = await store.openCursor(IDBKeyRange.lowerBound(seq, true)); cursor; cursor = await cursor.continue()) {
    if (cursor.value.owner === owner) return cursor.value;
  }
}

/** The owner's items, oldest first. */
export async function items() {
  const db = await database();
  const whose = await db.get("settings", "owner");
  return (await db.getAll("outbox")).filter((item) => item.owner === whose);
}

/** Changes an item that is still there. */
export async function change(seq, with_) {
  const change = (await database()).transaction("outbox", "readwrite");
  const item = await change.store.get(seq);
  if (item) await change.store.put({ ...item, ...with_ });
  await change.done;
}

export async function remove(seqs) {
  const change = (await database()).transaction("outbox", "readwrite");
  for (const seq of seqs) change.store.delete(seq);
  await change.done;
}

/** The bytes of a photo that is still to be sent. */
export async function photo(sha256) {
  return (await (await database()).getFromIndex("outbox", "sha256", sha256))?.bytes;
}

export async function keepLocations(locations) {
  const change = (await database()).transaction("locations", "readwrite");
  for (const location of locations) change.store.put(location);
  await change.done;
}

export async function keptLocations() {
  return (await database()).getAll("locations");
}

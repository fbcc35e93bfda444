// The page's side of the outbox, as app/platform/web.rs calls it.
import * as store from "./store.js";
import { drain, listen, send, tell } from "./drain.js";

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 60_000;

/** Those who wait for an answer, by their command's number. */
const waiting = new Map();
listen((news) => {
  if (news.kind === "stopped") waiting.forEach((resolve) => resolve(news));
  else if (news.kind === "sent" || news.kind === "refused") waiting.get(news.seq)?.(news);
});

/**
 * Writes a command down, sends it, and waits a while for the answer.
 * @param {string} command its JSON: subject, kind, method, path, title, body, draft.
 * @param {Uint8Array} [bytes] a photo.
 * @returns {Promise<string>} JSON: `{sent: {status, body}}`, `{refused: problem}` (and forgotten), or `{kept: status}`.
 */
export async function submit(command, bytes, patience) {
  const item = { ...JSON.parse(command), state: "pending", made_at: new Date().toISOString() };
  if (bytes) Object.assign(item, { bytes, sha256: await sha256(bytes) });
  let seq;
  try {
    item.owner = await store.owner();
    seq = item.owner && (await store.add(item));
  } catch (error) {
    console.warn("this browser keeps nothing:", error);
  }
  if (!seq) {
    const answer = await send(item);
    if (answer.ok) return JSON.stringify({ sent: { status: answer.status, body: answer.body } });
    return JSON.stringify(answer.problem ? { refused: answer.problem } : { lost: answer.status });
  }
  void navigator.storage?.persist?.();
  const news = await new Promise((resolve) => {
    waiting.set(seq, resolve);
    setTimeout(() => resolve({ kind: "late", status: 0 }), patience);
    tell({ kind: "added", seq });
    go();
  });
  waiting.delete(seq);
  if (news.kind === "sent") return JSON.stringify({ sent: { status: news.status, body: news.body } });
  if (news.kind === "refused") {
    // Whoever pressed is told at once and can press again; nothing is left to be dealt with later.
    await store.remove([seq]);
    tell({ kind: "discarded", seq });
    return JSON.stringify({ refused: news.problem });
  }
  return JSON.stringify({ kept: news.status });
}

async function sha256(bytes) {
  if (!crypto.subtle) return undefined;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

let wait = FIRST_WAIT_MS;
let timer;

/** Sends now; when the server cannot be reached, again after a while, and by the service worker once there is signal. */
async function go() {
  clearTimeout(timer);
  const reached = await drain().catch((error) => console.warn("outbox:", error));
  if (reached !== false) {
    wait = FIRST_WAIT_MS;
    return;
  }
  clearTimeout(timer);
  timer = setTimeout(go, wait);
  wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  const worker = await navigator.serviceWorker?.getRegistration();
  await worker?.sync?.register("outbox").catch(() => {});
}

function now() {
  wait = FIRST_WAIT_MS;
  return go();
}

/** @returns {Promise<string>} what waits, oldest first, as JSON without the photos' bytes. */
export async function list() {
  const items = await store.items().catch(() => []);
  return JSON.stringify(items.map(({ bytes, owner: _, ...item }) => ({ ...item, size: bytes?.length })));
}

/** Lets refused commands be tried again: one, or all. */
export async function retry(seq) {
  for (const item of await store.items()) {
    if (item.state === "failed" && (seq === undefined || item.seq === seq)) {
      await store.change(item.seq, { state: "pending", problem: undefined, garbled: 0 });
    }
  }
  tell({ kind: "changed" });
  await now();
}

/** Forgets a command; a check-in with all that follows it. */
export async function discard(seq) {
  const items = await store.items();
  const item = items.find((item) => item.seq === seq);
  if (!item) return;
  const gone = items.filter((other) => other.seq === seq || (item.kind === "check_in" && other.subject === item.subject));
  await store.remove(gone.map((item) => item.seq));
  tell({ kind: "discarded", seq });
  void go();
}

/** Says who is signed in, which begins sending; nobody, which ends it. */
export async function setOwner(id) {
  await store.setOwner(id).catch(() => {});
  if (id) void now();
}

/** What was asked for less than this long ago need not be asked for again. */
const READY_FOR_MS = 10 * 60_000;

/**
 * Waits until answers are kept for the time without signal; never, in a browser or on a way that keeps none.
 * @returns {Promise<boolean>} whether it is time to ask for everything again.
 */
export async function keeping() {
  const worker = await (isSecureContext && navigator.serviceWorker ? navigator.serviceWorker.ready : new Promise(() => {}));
  if (!navigator.serviceWorker.controller) {
    const taken = new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
    // The worker takes over every page when it starts, save one that was being loaded at that moment.
    worker.active?.postMessage("claim");
    await taken;
  }
  return Date.now() - (await store.readyAt().catch(() => 0)) > READY_FOR_MS;
}

/** Notes that everything was asked for. */
export async function keptAll() {
  await store.setReadyAt(Date.now()).catch(() => {});
}

export async function keepLocations(json) {
  await store.keepLocations(JSON.parse(json)).catch(() => {});
}

export async function keptLocations() {
  return JSON.stringify(await store.keptLocations().catch(() => []));
}

const SETTLE_MS = 100;

/** Calls back when what waits may have changed, saying whether the server could be reached, and begins to watch for signal. */
export function watch(changed) {
  let reached = navigator.onLine;
  let settling;
  const note = (now = reached) => {
    reached = now;
    settling ??= setTimeout(() => {
      settling = undefined;
      changed(reached);
    }, SETTLE_MS);
  };
  listen((news) => note(news.kind === "stopped" ? news.status === 401 : news.kind === "sent" ? true : undefined));
  addEventListener("offline", () => note(false));
  addEventListener("online", () => {
    note(true);
    void now();
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && now());
  note();
  if (isSecureContext) navigator.serviceWorker?.register("/sw.js").catch((error) => console.warn("service worker:", error));
}

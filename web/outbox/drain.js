// Sends what waits, oldest first, in order within one visit or task. The page and the service worker both may; one at a time does.
import * as store from "./store.js";

const JSON_TIMEOUT_MS = 20_000;
const PHOTO_TIMEOUT_MS = 120_000;
/** A photo that arrives garbled this often is told rather than sent for ever. */
const MOST_GARBLED = 3;

const channel = new BroadcastChannel("ekenko-outbox");
const listeners = new Set();
channel.onmessage = ({ data }) => listeners.forEach((listener) => listener(data));

/** Hears of changes to the outbox, made here or in another tab or by the service worker. */
export function listen(listener) {
  listeners.add(listener);
}

/** Tells everybody who listens, in this tab and elsewhere. */
export function tell(news) {
  listeners.forEach((listener) => listener(news));
  channel.postMessage(news);
}

let running = null;
let again = false;

/** Sends until nothing is left or the server cannot be reached. @returns {Promise<boolean>} whether it could be reached. */
export function drain() {
  again = true;
  running ??= alone(async () => {
    let reached = true;
    while (again && reached) {
      again = false;
      reached = await pass();
    }
    return reached;
  }).finally(() => {
    running = null;
  });
  return running;
}

function alone(work) {
  return navigator.locks ? navigator.locks.request("ekenko-outbox", work) : work();
}

async function pass() {
  const owner = await store.owner();
  if (!owner) return true;
  // What follows a command that was refused would be refused as well.
  const held = new Set();
  let sent = 0;
  let waits = false;
  for (let item, seq = 0; (item = await store.next(owner, seq)); ) {
    seq = item.seq;
    if (held.has(item.subject)) continue;
    if (item.state === "failed") {
      held.add(item.subject);
      continue;
    }
    const answer = await send(item);
    if (answer.passing) {
      tell({ kind: "stopped", status: answer.status });
      return false;
    }
    if (answer.ok) {
      await store.remove([item.seq]);
      tell({ kind: "sent", seq: item.seq, status: answer.status, body: answer.body });
      sent += 1;
    } else if (answer.problem.type.endsWith("/visit_open") && (await earlier(owner, item))) {
      // The visit before is still to be closed, by commands that wait as well.
      held.add(item.subject);
      waits = true;
    } else {
      await store.change(item.seq, { state: "failed", problem: answer.problem });
      held.add(item.subject);
      tell({ kind: "refused", seq: item.seq, problem: answer.problem });
    }
  }
  if (waits && sent > 0) again = true;
  tell({ kind: "drained" });
  return true;
}

async function earlier(owner, item) {
  const first = await store.next(owner, 0);
  return first && first.seq < item.seq && first.subject !== item.subject;
}

/** Sends one command. `passing`: it may succeed later as it is. */
export async function send(item) {
  const abort = new AbortController();
  const timeout = setTimeout(() => abort.abort(), item.bytes ? PHOTO_TIMEOUT_MS : JSON_TIMEOUT_MS);
  try {
    const answer = await fetch(item.path, {
      method: item.method,
      headers: { "content-type": item.bytes ? "application/octet-stream" : "application/json", "device-time": new Date().toISOString() },
      body: item.bytes ?? item.body,
      signal: abort.signal,
    });
    const body = await answer.text();
    const status = answer.status;
    if (answer.ok && item.sha256 && JSON.parse(body).sha256 !== item.sha256) {
      const garbled = (item.garbled ?? 0) + 1;
      if (garbled >= MOST_GARBLED) return { problem: problem(status, "photo_garbled", "the photo arrived changed on its way") };
      if (item.seq) await store.change(item.seq, { garbled });
      return { passing: true, status };
    }
    if (answer.ok) return { ok: true, status, body };
    // Trouble of the server or of the way to it, too much at once, or a session that ran out: none of it the command's fault.
    if (status >= 500 || [401, 408, 429].includes(status)) return { passing: true, status, body };
    return { status, problem: parsed(body) ?? problem(status, "unreadable", `HTTP ${status}`) };
  } catch {
    return { passing: true, status: 0 };
  } finally {
    clearTimeout(timeout);
  }
}

function parsed(text) {
  try {
    const value = JSON.parse(text);
    return typeof value?.type === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

function problem(status, name, detail) {
  return { type: `/problems/${name}`, status, title: name, detail };
}

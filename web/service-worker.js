// The service worker: the app opens without signal, shows what it last knew, and sends what waits when signal returns.
// The server puts `self.EKENKO = {version, files}` above this text.
import { KEPT_ANSWERS, photo } from "./outbox/store.js";
import { drain } from "./outbox/drain.js";

const { version, files } = self.EKENKO;
const SHELL = `ekenko-shell-${version}`;
const PAGE_PATIENCE_MS = 4_000;
const DATA_PATIENCE_MS = 6_000;
const MOST_ANSWERS = 400;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(["/shell", ...files])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => name.startsWith("ekenko-shell-") && name !== SHELL);
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.registration.navigationPreload?.enable();
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("message", (event) => {
  if (event.data === "claim") event.waitUntil(self.clients.claim());
});

self.addEventListener("sync", (event) => {
  if (event.tag !== "outbox") return;
  event.waitUntil(
    drain().then((reached) => {
      if (!reached) throw new Error("no signal yet");
    }),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") return event.respondWith(page(event));
  if (!url.pathname.startsWith("/api/")) return event.respondWith(file(request));
  // A visit's photos have their hash in the path, a task's behind it.
  const sha256 = /\/photos\/([0-9a-f]{64})(\/thumbnail)?$/.exec(url.pathname)?.[1] ?? /^\?([0-9a-f]{64})$/.exec(url.search)?.[1];
  if (sha256) return event.respondWith(picture(request, sha256));
  // Lists of locations differ with every step the rep makes; the page keeps the locations themselves.
  if (/^\/api\/v1\/(me|settings|dashboard|plan|choices|board|visits|tasks|locations\/)/.test(url.pathname) && !/photo|thumbnail/.test(url.pathname)) {
    event.respondWith(data(event));
  }
});

/** The network's answer; undefined when there is none, or not in time. */
function within(patience, answer) {
  const late = new Promise((resolve) => setTimeout(resolve, patience));
  return Promise.race([answer.catch(() => undefined), late]);
}

async function page(event) {
  const fresh = Promise.resolve(event.preloadResponse).then((answer) => answer ?? fetch(event.request));
  const answer = await within(PAGE_PATIENCE_MS, fresh);
  // A proxy before a server that is down answers in its place.
  if (answer && ![502, 503, 504].includes(answer.status)) return answer;
  return (await caches.match("/shell", { cacheName: SHELL })) ?? answer ?? fresh;
}

async function file(request) {
  return (await caches.match(request, { cacheName: SHELL })) ?? fetch(request);
}

async function picture(request, sha256) {
  const bytes = await photo(sha256).catch(() => undefined);
  return bytes ? new Response(bytes, { headers: { "cache-control": "no-store" } }) : fetch(request);
}

async function data(event) {
  const { request } = event;
  const cache = await caches.open(KEPT_ANSWERS);
  const fresh = fetch(request);
  const keeping = fresh.then((answer) => keep(cache, request, answer.clone())).catch(() => {});
  event.waitUntil(keeping);
  const answer = await within(DATA_PATIENCE_MS, fresh);
  if (answer && answer.status < 500) return answer;
  return (await cache.match(request)) ?? answer ?? fresh;
}

async function keep(cache, request, answer) {
  if (!answer.ok || !answer.headers.get("content-type")?.startsWith("application/json")) return;
  const headers = new Headers(answer.headers);
  headers.set("ekenko-kept", new Date().toISOString());
  headers.delete("content-encoding");
  headers.delete("content-length");
  const body = await answer.arrayBuffer();
  await cache.delete(request);
  await cache.put(request, new Response(body, { headers }));
  const known = await cache.keys();
  await Promise.all(known.slice(0, Math.max(0, known.length - MOST_ANSWERS)).map((old) => cache.delete(old)));
}

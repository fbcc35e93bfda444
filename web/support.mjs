// For tests and measurements: a loopback server under the product's strict policy, the system's Chromium, sample points.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { chromium } from "playwright-core";

export const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self' blob:";
const TYPES = { ".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".html": "text/html; charset=utf-8", ".woff2": "font/woff2" };

/** Serves {path: text, Buffer or file URL}; resolves to {origin, close}. */
export async function serve(files, policy = POLICY) {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, "http://local").pathname;
    const found = files[path];
    if (found === undefined) return response.writeHead(path === "/favicon.ico" ? 204 : 404).end();
    const body = found instanceof URL ? await readFile(found) : found;
    response.writeHead(200, { "content-type": TYPES[extname(path)] ?? TYPES[".html"], "content-security-policy": policy, "cache-control": "no-store" }).end(body);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => (server.closeAllConnections(), server.close()) };
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/** A small generator with a seed: every run sees the same points. */
export function random(seed = 7) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const CITIES = [[13.75, 100.53, 0.16, 0.6], [18.79, 98.98, 0.12, 0.1], [16.44, 102.83, 0.12, 0.1], [7.01, 100.47, 0.12, 0.1], [13.36, 100.99, 0.2, 0.1]];
const VERDICTS = ["verified", "verified", "verified", "verified", "verified", "verified", "out_of_range", "unverifiable", "suspicious", "location"];

/** Points as a sales team makes them: thick in Bangkok, some around four other cities. */
export function samplePoints(count, seed = 7) {
  const next = random(seed);
  return Array.from({ length: count }, (_, i) => {
    let pick = next();
    const city = CITIES.find(([, , , share]) => (pick -= share) < 0) ?? CITIES[0];
    const off = () => (next() + next() + next() - 1.5) * 2 * city[2];
    return { id: `p${i}`, lat: +(city[0] + off()).toFixed(5), lng: +(city[1] + off()).toFixed(5), verdict: VERDICTS[Math.floor(next() * VERDICTS.length)], label: `Customer ${i}`, open: next() < 0.05 };
  });
}

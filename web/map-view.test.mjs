// <map-view> in a real browser under the product's strict policy. `npm test`; needs `npm run build` (run here if missing).
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, beforeEach, afterEach, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { launch, samplePoints, serve } from "./support.mjs";

const generated = (name) => new URL(`../assets/generated/${name}`, import.meta.url);
const HTML = `<!doctype html><html lang="en"><title>Map</title><meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="/map.css"><link rel="stylesheet" href="/page.css"><script type="module" src="/map.js"></script>
<main><map-view data-base="/base.json" data-out="out" data-label="Visits"></map-view><input id="out" class="map-view__out" aria-label="out"></main></html>`;
const CSS = "html,body,main{margin:0;height:100%;font-family:sans-serif}map-view{height:100%}.map-view__out{position:absolute;left:-999px}";

let server, browser, context, page, complaints, strangers;

before(async () => {
  execFileSync(process.execPath, [new URL("build.mjs", import.meta.url).pathname]);
  const files = { "/": HTML, "/page.css": CSS };
  for (const name of ["map.js", "map.css", "base.json"]) files[`/${name}`] = generated(name);
  server = await serve(files);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  server?.close();
});

beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1200, height: 800 }, reducedMotion: "reduce" });
  page = await context.newPage();
  complaints = [];
  strangers = [];
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && complaints.push(m.text()));
  page.on("pageerror", (e) => complaints.push(String(e)));
  page.on("request", (r) => !r.url().startsWith(server.origin) && !/^(data|blob):/.test(r.url()) && strangers.push(r.url()));
  await page.addInitScript(() => {
    window.events = [];
    document.addEventListener("input", (e) => window.events.push(e.target.value));
    document.addEventListener("securitypolicyviolation", (e) => console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`));
  });
  await page.goto(server.origin);
  await page.locator("map-view canvas").first().waitFor();
});
afterEach(async () => {
  assert.deepEqual(complaints, []);
  assert.deepEqual(strangers, []);
  await context.close();
});

const set = (attributes) =>
  page.evaluate(async (given) => {
    const map = document.querySelector("map-view");
    for (const [name, value] of Object.entries(given)) {
      if (value === null) map.removeAttribute(`data-${name}`);
      else map.setAttribute(`data-${name}`, typeof value === "string" ? value : JSON.stringify(value));
    }
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  }, attributes);
const markers = () => page.locator("map-view .map-view__marker[role=button]");
const clusters = () => page.getByRole("button", { name: /^\d+ points$/ });
const events = () => page.evaluate(() => window.events);
const total = async () => {
  let sum = 0;
  for (const label of await markers().evaluateAll((all) => all.map((m) => m.getAttribute("aria-label")))) sum += /^\d+ points$/.test(label) ? parseInt(label, 10) : 1;
  return sum;
};

test("ten thousand points are all counted, in few elements, and a cluster opens from the keyboard", async () => {
  await set({ points: samplePoints(10_000) });
  assert.equal(await total(), 10_000);
  assert.ok((await markers().count()) < 400);
  const zoom = () => page.evaluate(() => document.querySelector("map-view").points.map.getZoom());
  const before = await zoom();
  await clusters().first().focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction((z) => document.querySelector("map-view").points.map.getZoom() > z, before);
  assert.ok((await markers().count()) > 0);
});

test("points on one spot are listed and chosen by keyboard", async () => {
  const same = ["One", "Two", "Three"].map((label, i) => ({ id: `s${i}`, lat: 13.75, lng: 100.5, verdict: "verified", label, open: false }));
  await set({ points: [...same, { id: "far", lat: 13.8, lng: 100.6, verdict: "suspicious", label: "Far", open: true }] });
  await page.getByRole("button", { name: "3 points" }).click();
  const list = page.getByRole("dialog", { name: "Choose one" });
  await list.waitFor();
  assert.deepEqual(await list.getByRole("button").allTextContents(), ["One", "Two", "Three"]);
  const axe = await new AxeBuilder({ page }).include("map-view").analyze();
  assert.deepEqual(axe.violations.map((v) => `${v.id}: ${v.nodes[0].html}`), []);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  assert.deepEqual(await events(), ['{"select":"s1"}']);
  assert.equal(await list.count(), 0);
});

test("Escape closes the list and gives the focus back", async () => {
  await set({ points: [1, 2].map((n) => ({ id: n, lat: 13.75, lng: 100.5, verdict: "verified", label: `${n}`, open: false })) });
  await page.getByRole("button", { name: "2 points" }).press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "2 points");
});

test("a patch adds and changes points, announces only new ones, and counts once a sequence number", async () => {
  await set({ points: samplePoints(50) });
  const point = { id: "new", lat: 13.7, lng: 100.5, verdict: "verified", label: "New", open: true };
  await set({ patch: { seq: 1, points: [point] } });
  assert.equal(await page.locator(".map-pulse").count(), 1);
  assert.equal(await total(), 51);
  await page.locator(".map-pulse").waitFor({ state: "detached" });
  await set({ patch: { seq: 2, points: [{ ...point, verdict: "suspicious", open: false }] } });
  assert.equal(await page.locator(".map-pulse").count(), 0);
  assert.equal(await total(), 51);
  await set({ selected: "new" });
  assert.equal(await page.locator(".map-pin--selected.map-pin--suspicious").count(), 1);
});

test("a patch takes points away", async () => {
  await set({ points: samplePoints(50) });
  const point = { id: "new", lat: 13.7, lng: 100.5, verdict: "verified", label: "New", open: true };
  await set({ patch: { seq: 1, points: [point] } });
  await set({ patch: { seq: 2, gone: ["new", "never there", 7] } });
  assert.equal(await total(), 50);
});

test("a patch replaces all, and says which was taken in", async () => {
  await set({ points: samplePoints(50) });
  const said = page.evaluate(() => new Promise((done) => {
    const out = document.getElementById(document.querySelector("map-view").dataset.out);
    out.addEventListener("input", () => out.value.includes("patched") && done(out.value));
  }));
  await set({ patch: { seq: 7, all: true, points: samplePoints(20) } });
  assert.equal(await total(), 20);
  assert.equal(await said, '{"patched":7}');
});

test("what no cluster counts is changed without a new index, and what is moved stands at its new place alone", async () => {
  const point = { id: "a", lat: 13.7, lng: 100.5, verdict: "verified", label: "A", open: true };
  await set({ points: [...samplePoints(50), point] });
  const before = await page.evaluate(() => (window.index = document.querySelector("map-view").points.index) && true);
  await set({ patch: { seq: 1, points: [{ ...point, open: false, label: "A, left" }] } });
  assert.ok(before && await page.evaluate(() => window.index === document.querySelector("map-view").points.index));
  await set({ selected: "a" });
  await page.getByRole("button", { name: "A, left" }).waitFor();
  await set({ selected: "", patch: { seq: 2, points: [{ ...point, lat: 14.2 }] } });
  assert.equal(await total(), 51);
});

test("a trail goes from stop to stop in order, and goes away", async () => {
  await set({ trail: [{ lat: 13.7, lng: 100.5 }, { lat: "north" }, { lat: 13.8, lng: 100.5 }, { lat: 13.8, lng: 100.6 }] });
  assert.deepEqual(await page.locator(".map-view__stop").allTextContents(), ["1", "2", "3"]);
  assert.equal(await page.locator("path.map-view__trail").count(), 1);
  await set({ trail: "" });
  assert.equal(await page.locator(".map-view__stop, .map-view__trail").count(), 0);
});

test("a click selects, the selection is shown and brought into view, ready repeats the event", async () => {
  await set({ points: [{ id: "a", lat: 13.75, lng: 100.5, verdict: "out_of_range", label: "A", open: false }], "fit-key": "1" });
  await page.getByRole("button", { name: "A", exact: true }).click();
  assert.deepEqual(await events(), ['{"select":"a"}']);
  await set({ ready: "1" });
  assert.deepEqual(await events(), ['{"select":"a"}', '{"select":"a"}']);
  await set({ patch: { seq: 1, points: [{ id: "b", lat: 18.8, lng: 99, verdict: "verified", label: "B", open: false }] }, selected: "b" });
  await page.locator("[aria-label=B][aria-current=true]").waitFor();
  assert.ok(await page.evaluate(() => document.querySelector("map-view").points.map.getBounds().contains([18.8, 99])));
  await set({ selected: "" });
  assert.equal(await page.locator(".map-pin--selected").count(), 0);
});

test("a pin is dragged by hand and by arrow keys, tells where it is and takes the circle along", async () => {
  const at = { lat: 13.75, lng: 100.5 };
  await set({ drag: at, radius: { ...at, radius_m: 150 }, "fit-key": "1", strings: { pin: "Pin" } });
  const pin = page.getByRole("button", { name: "Pin", exact: true });
  const centre = async (locator) => {
    const box = await locator.boundingBox();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const [x, y] = await centre(pin);
  const circle = await centre(page.locator(".map-view__radius"));
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 60, y + 30, { steps: 5 });
  await page.mouse.up();
  const [moved] = (await events()).slice(-1).map((text) => JSON.parse(text).moved);
  assert.ok(moved.lat < at.lat && moved.lng > at.lng, JSON.stringify(moved));
  const after = await centre(page.locator(".map-view__radius"));
  assert.ok(Math.abs(after[0] - circle[0] - 60) < 3 && Math.abs(after[1] - circle[1] - 30) < 3, `${circle} ${after}`);
  // The host's echo leaves it where it is.
  await set({ drag: moved, radius: { ...moved, radius_m: 150 } });
  const [, before] = await centre(pin);
  await pin.focus();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Shift+ArrowLeft");
  const last = JSON.parse((await events()).at(-1)).moved;
  assert.ok(last.lat > moved.lat && last.lng < moved.lng, JSON.stringify(last));
  assert.ok(Math.abs((await centre(pin))[1] - before + 8) < 2);
  await set({ drag: null });
  assert.equal(await pin.count(), 0);
});

test("position, radius, theme, labels and strings follow their attributes and go with them", async () => {
  await set({ me: { lat: 13.7, lng: 100.5, accuracy_m: 50 }, radius: { lat: 13.7, lng: 100.5, radius_m: 200 }, theme: "dark", strings: { zoomIn: "ซูมเข้า" } });
  assert.equal(await page.locator(".map-view__me").count(), 1);
  assert.equal(await page.locator(".map-view__radius").count(), 1);
  assert.equal(await page.locator("map-view.map-view--dark").count(), 1);
  const box = await page.getByRole("button", { name: "ซูมเข้า" }).boundingBox();
  assert.ok(box.width >= 36 && box.height >= 36);
  await page.getByRole("region", { name: "Visits" }).waitFor();
  await set({ me: null, radius: null, theme: null });
  assert.equal(await page.locator(".map-view__me, .map-view__radius, .map-view--dark").count(), 0);
});

test("malformed values are ignored", async () => {
  const odd = ["", "{", "null", "[1,null,{}]", '{"lat":"x"}', '[{"id":"q","lat":999,"lng":0}]', '{"lat":1e999,"lng":2,"accuracy_m":-1,"radius_m":"far","seq":{}}'];
  for (const name of ["points", "patch", "selected", "me", "radius", "trail", "drag", "fit", "fit-key", "theme", "strings", "tiles", "out", "ready", "label"]) {
    for (const value of odd) await set({ [name]: value });
    await set({ [name]: null });
  }
  await set({ tiles: "http://other.example/{z}/{x}/{y}.png", attribution: "<b>x</b>" });
  await set({ points: [{ id: "<img src=x onerror=alert(1)>", lat: 1, lng: 2, label: "<b>bold</b>", verdict: "none" }] });
  assert.equal(await markers().count(), 1);
  assert.equal(await page.locator("map-view b, map-view img").count(), 0);
});

test("leaving the page cleans up, coming back shows the same view", async () => {
  await set({ points: samplePoints(100) });
  const view = () => page.evaluate(() => document.querySelector("map-view").points.map.getCenter().toString());
  const before = await view();
  await page.evaluate(async () => {
    window.away = document.querySelector("map-view");
    window.away.remove();
    await new Promise((done) => setTimeout(done, 50));
  });
  assert.equal(await page.evaluate(() => window.away.childElementCount), 0);
  await page.evaluate(() => document.querySelector("main").append(window.away));
  await page.waitForFunction(() => document.querySelector("map-view .map-view__marker"));
  assert.equal(await view(), before);
  assert.equal(await total(), 100);
});

test("the map keeps the size of its container", async () => {
  await set({ points: samplePoints(100) });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.waitForFunction(() => document.querySelector("map-view").points.map.getSize().x === 390);
});

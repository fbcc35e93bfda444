// Which map library? `npm ci --prefix bench/map` once (the losers live there), then `npm run bench:map [-- runs]`.
// Everything is served from the loopback; rounds take turns, so that a busy machine is unfair to all alike.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { launch, samplePoints, serve } from "../../web/support.mjs";

const here = import.meta.dirname;
const root = `${here}/../..`;
const runs = Number(process.argv[2]) || 3;
execFileSync(process.execPath, [`${root}/web/build.mjs`]);

const VARIANTS = {
  "map-view (Leaflet + supercluster)": { entry: "map-view.js", css: "web/map-view.css" },
  "Leaflet, canvas, no clusters": { entry: "leaflet-canvas.js", css: "node_modules/leaflet/dist/leaflet.css" },
  "Leaflet + markercluster": { entry: "leaflet-markercluster.js", css: "node_modules/leaflet/dist/leaflet.css" },
  "MapLibre GL, circles": { entry: "maplibre.js", css: "bench/map/node_modules/maplibre-gl/dist/maplibre-gl.css", worker: true },
  "MapLibre GL, clusters": { entry: "maplibre.js", css: "bench/map/node_modules/maplibre-gl/dist/maplibre-gl.css", worker: true, query: "?cluster" },
};

// One Leaflet a bundle: the plugin needs the UMD build, so there our base layer gets that one too.
const oneLeaflet = (path) => (path.includes("markercluster") ? { "leaflet/dist/leaflet-src.esm.js": `${here}/node_modules/leaflet/dist/leaflet-src.js` } : {});

async function bundle(entryPoint) {
  const { outputFiles } = await build({ entryPoints: [entryPoint], bundle: true, minify: true, write: false, outdir: "out", format: "esm", legalComments: "none", loader: { ".png": "dataurl" }, alias: oneLeaflet(entryPoint) });
  return Buffer.from(outputFiles[0].contents);
}

const files = {
  "/points.json": JSON.stringify(samplePoints(10_000)),
  "/base.json": readFileSync(`${root}/assets/generated/base.json`),
  "/maplibre-worker.js": await bundle(`${here}/node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs`),
};
for (const [i, variant] of Object.values(VARIANTS).entries()) {
  variant.js = files[`/${i}.js`] = await bundle(`${here}/${variant.entry}`);
  variant.style = files[`/${i}.css`] = await bundle(`${root}/${variant.css}`);
  files[`/${i}.html`] = `<!doctype html><link rel=stylesheet href=/${i}.css><link rel=stylesheet href=/page.css><div id=map></div><script type=module src=/${i}.js></script>`;
  variant.path = `/${i}.html${variant.query ?? ""}`;
  const parts = [variant.js, variant.style, ...(variant.worker ? [files["/maplibre-worker.js"]] : [])];
  variant.raw = parts.reduce((sum, part) => sum + part.length, 0);
  variant.brotli = parts.reduce((sum, part) => sum + brotliCompressSync(part).length, 0);
}
files["/page.css"] = "html,body,#map,map-view{margin:0;height:100%}.pin{background:#15803d;border-radius:50%}.marker-cluster{background:#fff;border-radius:50%;text-align:center}";

const at = (list, share) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))];
const server = await serve(files);
const browser = await launch();

async function once(variant, slowdown) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.on("pageerror", (error) => console.error(variant.entry, error.message));
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable");
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
  await page.goto(server.origin + variant.path);
  await page.waitForFunction(() => window.result, null, { timeout: 60_000 });
  const result = await page.evaluate(() => window.result);
  await cdp.send("HeapProfiler.collectGarbage");
  const { metrics } = await cdp.send("Performance.getMetrics");
  result.heap = metrics.find((m) => m.name === "JSHeapUsedSize").value;
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${variant.path.replace(/\W/g, "")}.png` });
  await page.close();
  return result;
}

for (const slowdown of [1, 4]) {
  const results = new Map();
  for (let i = 0; i < runs; i++)
    for (const [name, variant] of Object.entries(VARIANTS)) results.set(name, [...(results.get(name) ?? []), await once(variant, slowdown)]);
  console.log(`\n${slowdown === 1 ? "Full speed" : `Main thread slowed ${slowdown} times`}, ${runs} runs\n`);
  console.log("| | JS+CSS KB | brotli KB | first map ms | add one ms | frame p50 ms | p95 ms | worst ms | heap MB |");
  console.log("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
  for (const [name, list] of results) {
    const gaps = list.flatMap((r) => r.gaps);
    const cells = [VARIANTS[name].raw / 1000, VARIANTS[name].brotli / 1000, at(list.map((r) => r.first), 0.5), at(list.flatMap((r) => r.adds), 0.5)];
    console.log(`| ${name} | ${[...cells.map((c) => c.toFixed(0)), at(gaps, 0.5).toFixed(1), at(gaps, 0.95).toFixed(1), at(gaps, 1).toFixed(0), (at(list.map((r) => r.heap), 0.5) / 1e6).toFixed(1)].join(" | ")} |`);
  }
}
await browser.close();
server.close();

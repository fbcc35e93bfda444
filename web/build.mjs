// Makes assets/generated: the map element, its style, its base map, the outbox, the service worker, and the fonts of pages and printed reports. `npm run build`.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const web = import.meta.dirname;
const root = dirname(web);
const out = join(root, "assets/generated");
const modules = join(root, "node_modules");

const FONTS = {
  "inter-latin.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
  "inter-latin-ext.woff2": "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2",
  "noto-sans-thai.woff2": "@fontsource-variable/noto-sans-thai/files/noto-sans-thai-thai-wght-normal.woff2",
};
// What the server sets printed reports in: Latin and Thai in one face.
const PRINT = {
  "sarabun-regular.ttf": "@expo-google-fonts/sarabun/400Regular/Sarabun_400Regular.ttf",
  "sarabun-semibold.ttf": "@expo-google-fonts/sarabun/600SemiBold/Sarabun_600SemiBold.ttf",
};
const LICENSES = {
  "inter.txt": "@fontsource-variable/inter/LICENSE",
  "noto-sans-thai.txt": "@fontsource-variable/noto-sans-thai/LICENSE",
  "sarabun.txt": "@expo-google-fonts/sarabun/LICENSE_FONT",
  "leaflet.txt": "leaflet/LICENSE",
  "supercluster.txt": "supercluster/LICENSE",
  "idb.txt": "idb/LICENSE",
};

const sources = readdirSync(web, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.mjs"))
  .map((entry) => join(entry.parentPath, entry.name))
  .sort();
const hash = createHash("sha256");
for (const file of [join(root, "package-lock.json"), ...sources]) hash.update(file.slice(root.length)).update(readFileSync(file));
const stamp = hash.digest("hex");
const stampFile = join(out, ".stamp");
const wanted = ["map.js", "map.css", "outbox.js", "service-worker.js", "base.json", ...Object.keys(FONTS).map((f) => `fonts/${f}`), ...Object.keys(PRINT).map((f) => `print/${f}`), ...Object.keys(LICENSES).map((f) => `licenses/${f}`)];

if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp && wanted.every((f) => existsSync(join(out, f)))) process.exit(0);

/** Writes only what changed, so that watchers downstream do not wake for nothing. */
function put(name, content) {
  const path = join(out, name);
  const bytes = Buffer.from(content);
  if (existsSync(path) && readFileSync(path).equals(bytes)) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  console.log(`assets/generated/${name} ${bytes.length} bytes`);
}

const { build } = await import("esbuild");
const result = await build({
  entryPoints: { map: join(web, "map-view.js"), outbox: join(web, "outbox/page.js"), "service-worker": join(web, "service-worker.js") },
  bundle: true,
  minify: true,
  write: false,
  outdir: out,
  format: "esm",
  target: ["chrome100", "safari15.4"],
  legalComments: "none",
  loader: { ".png": "dataurl" },
  logLevel: "warning",
});
const style = await build({
  entryPoints: { map: join(web, "map-view.css") },
  bundle: true,
  minify: true,
  write: false,
  outdir: out,
  target: ["chrome100", "safari15.4"],
  loader: { ".png": "dataurl" },
  logLevel: "warning",
});
for (const file of result.outputFiles) put(basename(file.path), file.contents);
put("map.css", style.outputFiles[0].contents);

const { baseMap } = await import("./base/base.mjs");
put("base.json", JSON.stringify(baseMap()));

for (const [name, from] of Object.entries(FONTS)) put(`fonts/${name}`, readFileSync(join(modules, from)));
for (const [name, from] of Object.entries(PRINT)) put(`print/${name}`, readFileSync(join(modules, from)));
for (const [name, from] of Object.entries(LICENSES)) put(`licenses/${name}`, readFileSync(join(modules, from)));
put("licenses/map-data.txt", readFileSync(join(web, "base/LICENSE.txt")));
put(".stamp", stamp);

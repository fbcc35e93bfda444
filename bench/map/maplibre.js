import { Map as GlMap, setWorkerUrl } from "maplibre-gl";
import { run } from "./shared.js";

setWorkerUrl(new URL("/maplibre-worker.js", location.href).href);
const clustered = location.search.includes("cluster");

/** The base map's integers as GeoJSON, the only form MapLibre takes without a tile server. */
function lines(coded, scale, type) {
  const features = coded.map((line) => {
    const coordinates = [];
    let [x, y] = [0, 0];
    for (let i = 0; i < line.length; i += 2) coordinates.push([(x += line[i]) / scale, (y += line[i + 1]) / scale]);
    return { type: "Feature", properties: {}, geometry: { type, coordinates: type === "Polygon" ? [[...coordinates, coordinates[0]]] : coordinates } };
  });
  return { type: "geojson", data: { type: "FeatureCollection", features } };
}
const feature = (p) => ({ type: "Feature", id: p.id, properties: p, geometry: { type: "Point", coordinates: [p.lng, p.lat] } });
const idle = () => new Promise((done) => map.once("idle", done));

let map, all;
window.result = run({
  async start(points, base) {
    all = points.map(feature);
    map = new GlMap({
      container: "map",
      center: [100.5, 13.75],
      zoom: 5, // MapLibre's tiles are 512 px: one zoom less shows the same
      attributionControl: false,
      style: {
        version: 8,
        sources: {
          land: lines(base.land, base.scale, "Polygon"),
          rivers: lines(base.rivers, base.scale, "LineString"),
          borders: lines([...base.borders, ...base.provinces], base.scale, "LineString"),
          points: { type: "geojson", cluster: clustered, clusterRadius: 48, promoteId: "id", data: { type: "FeatureCollection", features: all } },
        },
        layers: [
          { id: "water", type: "background", paint: { "background-color": "#d9e2e9" } },
          { id: "land", type: "fill", source: "land", paint: { "fill-color": "#f5f5f3" } },
          { id: "rivers", type: "line", source: "rivers", paint: { "line-color": "#c5d3de", "line-width": 2 } },
          { id: "borders", type: "line", source: "borders", paint: { "line-color": "#b9bfc7" } },
          { id: "points", type: "circle", source: "points", paint: { "circle-radius": ["case", ["has", "point_count"], 20, 5], "circle-color": "#15803d", "circle-stroke-width": 1, "circle-stroke-color": "#fff" } },
        ],
      },
    });
    await idle();
  },
  async addOne(p) {
    const source = map.getSource("points");
    if (clustered) source.setData({ type: "FeatureCollection", features: (all = [...all, feature(p)]) });
    else source.updateData({ add: [feature(p)] });
    await idle();
  },
  pan: async (x, y, seconds) => void map.panBy([x, y], { duration: seconds * 1000 }),
  zoom: async (z) => void map.easeTo({ center: [100.53, 13.75], zoom: z - 1, duration: 400 }),
});

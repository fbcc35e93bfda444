import L from "../../web/map/leaflet.js";
import { BaseLayer, decodeBase } from "../../web/map/base-layer.js";
import { run } from "./shared.js";

let map;
const circle = (p) => new L.CircleMarker([p.lat, p.lng], { radius: 5, weight: 1, color: "#fff", fillColor: "#15803d", fillOpacity: 1 }).addTo(map);
window.result = run({
  async start(points, base) {
    map = new L.Map("map", { preferCanvas: true, attributionControl: false }).setView([13.75, 100.5], 6);
    new BaseLayer(decodeBase(base), "light").addTo(map);
    points.forEach(circle);
  },
  addOne: async (p) => circle(p),
  pan: async (x, y, duration) => map.panBy([x, y], { duration }),
  zoom: async (z) => map.setView([13.75, 100.53], z),
});

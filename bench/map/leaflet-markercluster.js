// The plugin wants a global L; it is built with the ordinary Leaflet package.
import L from "leaflet";
import { BaseLayer, decodeBase } from "../../web/map/base-layer.js";
import { run } from "./shared.js";

window.L = L;
let map, group;
const marker = (p) => L.marker([p.lat, p.lng], { icon: L.divIcon({ className: "pin", iconSize: [20, 20] }) });
window.result = import("leaflet.markercluster").then(() =>
  run({
    async start(points, base) {
      map = new L.Map("map", { attributionControl: false }).setView([13.75, 100.5], 6);
      new BaseLayer(decodeBase(base), "light").addTo(map);
      group = L.markerClusterGroup({ maxClusterRadius: 48 });
      group.addLayers(points.map(marker));
      map.addLayer(group);
    },
    addOne: async (p) => group.addLayer(marker(p)),
    pan: async (x, y, duration) => map.panBy([x, y], { duration }),
    zoom: async (z) => map.setView([13.75, 100.53], z),
  }),
);

// What ships: the element itself, driven through its attributes.
import "../../web/map-view.js";
import { run } from "./shared.js";

let view, seq = 0;
window.result = run({
  async start(points) {
    view = document.createElement("map-view");
    view.dataset.base = "/base.json";
    view.dataset.fit = "none";
    view.dataset.points = JSON.stringify(points);
    document.getElementById("map").append(view);
    while (!view.baseLayer) await new Promise(requestAnimationFrame);
    view.points.map.setView([13.75, 100.5], 6, { animate: false });
  },
  addOne: async (p) => (view.dataset.patch = JSON.stringify({ seq: ++seq, points: [p] })),
  pan: async (x, y, duration) => view.points.map.panBy([x, y], { duration }),
  zoom: async (z) => view.points.map.setView([13.75, 100.53], z),
});

// A pin that people move: by hand, or with the arrow keys, a few pixels a press and one with Shift.
import L from "./leaflet.js";
import { pinIcon } from "./pins.js";

const SIZE = 44;
/** Where the tip of the shape is. */
const TIP = [SIZE / 2, (SIZE * 25.5) / 28];
const STEP = 8;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** `onfollow` hears every step on the way, `onmoved` where it ends, to about a decimetre. */
export function dragMarker(at, label, onfollow, onmoved) {
  const html = pinIcon({ verdict: "location" }, true);
  const icon = new L.DivIcon({ html, className: "map-view__marker map-view__drag", iconSize: [SIZE, SIZE], iconAnchor: TIP });
  const pin = new L.Marker(at, { icon, draggable: true, autoPan: true, keyboard: true, zIndexOffset: 3000, bubblingMouseEvents: false });
  const told = () => {
    const { lat, lng } = pin.getLatLng().wrap();
    onmoved({ lat: Number(lat.toFixed(6)), lng: Number(lng.toFixed(6)) });
  };
  pin.on("add", () => {
    const element = pin.getElement();
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", label);
    element.title = label;
    element.addEventListener("keydown", (event) => {
      const arrow = ARROWS[event.key];
      if (!arrow) return;
      event.preventDefault();
      event.stopPropagation(); // else the map moves as well
      const map = pin._map;
      const step = event.shiftKey ? 1 : STEP;
      const next = map.latLngToContainerPoint(pin.getLatLng()).add([arrow[0] * step, arrow[1] * step]);
      pin.setLatLng(map.containerPointToLatLng(next));
      map.panInside(pin.getLatLng(), { padding: [SIZE, SIZE], animate: false });
      told();
    });
  });
  pin.on("move", () => onfollow(pin.getLatLng()));
  pin.on("dragstart", () => (pin.held = true));
  pin.on("dragend", () => {
    pin.held = false;
    told();
  });
  return pin;
}

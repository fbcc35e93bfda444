// What stands on the map: pins and clusters. Each verdict has its own shape and sign, so colour is never all there is.
import L from "./leaflet.js";
import { shares } from "./palette.js";

const SHAPES = {
  verified: '<circle cx="14" cy="14" r="10"/><path class="sign" d="M9.7 14.3l3 3 5.6-6.2"/>',
  out_of_range: '<path d="M12.4 3.7a2.3 2.3 0 0 1 3.2 0l8.7 8.7a2.3 2.3 0 0 1 0 3.2l-8.7 8.7a2.3 2.3 0 0 1-3.2 0l-8.7-8.7a2.3 2.3 0 0 1 0-3.2z"/><path class="sign" d="M11 17l6-6m-4.6 0H17v4.6"/>',
  unverifiable: '<rect x="4.5" y="4.5" width="19" height="19" rx="5"/><path class="sign" d="M11.4 11.6c.1-1.5 1.2-2.4 2.7-2.4s2.7 1 2.7 2.3c0 1.9-2.7 2-2.7 3.9M14.1 18.6v.1"/>',
  suspicious: '<path d="M12.2 3.9a2.1 2.1 0 0 1 3.6 0l9.3 16.2a2.1 2.1 0 0 1-1.8 3.2H4.7a2.1 2.1 0 0 1-1.8-3.2z"/><path class="sign" d="M14 10.2v5.2M14 19v.1"/>',
  location: '<path d="M14 25.5c-4.2-4.3-8-7.9-8-12.7a8 8 0 0 1 16 0c0 4.8-3.8 8.4-8 12.7z"/><circle class="hole" cx="14" cy="12.6" r="3"/>',
};

/** The shape twice: a faint wider edge below sets the pin off from the map, as a shadow would, for less. */
function shape(verdict) {
  const outline = SHAPES[verdict].slice(0, SHAPES[verdict].indexOf("/>"));
  return `${outline} class="edge"/>${SHAPES[verdict]}`;
}

const pinTemplates = new Map();

function pinElement(point, selected) {
  if (!pinTemplates.has(point.verdict)) {
    const template = document.createElement("template");
    template.innerHTML = `<svg viewBox="0 0 28 28" aria-hidden="true" focusable="false">${shape(point.verdict)}</svg>`;
    pinTemplates.set(point.verdict, template);
  }
  const pin = document.createElement("span");
  pin.className = `map-pin map-pin--${point.verdict}${point.open ? " map-pin--open" : ""}${selected ? " map-pin--selected" : ""}${point.review ? ` map-pin--${point.review}` : ""}`;
  pin.append(pinTemplates.get(point.verdict).content.cloneNode(true));
  if (point.review) pin.append(reviewMark(point.review));
  return pin;
}

/** What a manager decided: a small tick or cross at the pin's corner. The pin itself stays the verdict's. */
function reviewMark(review) {
  if (!pinTemplates.has(review)) {
    const template = document.createElement("template");
    template.innerHTML = `<svg class="map-pin__review" viewBox="0 0 14 14" aria-hidden="true" focusable="false"><circle cx="7" cy="7" r="6"/><path d="${review === "approved" ? "M4.4 7.2l1.9 1.9 3.4-3.8" : "M5 5l4 4m0-4l-4 4"}"/></svg>`;
    pinTemplates.set(review, template);
  }
  return pinTemplates.get(review).content.cloneNode(true);
}

export const pinIcon = pinElement;

function marker(latlng, element, size, label, zIndexOffset, onClick) {
  const icon = new L.DivIcon({ html: element, className: "map-view__marker", iconSize: [size, size] });
  const made = new L.Marker(latlng, { icon, keyboard: true, riseOnHover: true, zIndexOffset, bubblingMouseEvents: false });
  made.on("click", onClick);
  made.on("add", () => {
    const el = made.getElement();
    el.setAttribute("role", "button");
    el.setAttribute("aria-label", label);
    el.title = label;
  });
  // Leaflet turns Enter into a click; a button answers to Space as well.
  made.on("keydown", (e) => {
    if (e.originalEvent.key !== " " && e.originalEvent.key !== "Enter") return;
    e.originalEvent.preventDefault();
    onClick();
  });
  return made;
}

export function pinMarker(point, selected, onClick) {
  const made = marker([point.lat, point.lng], pinElement(point, selected), selected ? 40 : 30, point.label || point.id, selected ? 2000 : point.open ? 500 : 0, onClick);
  if (selected) made.on("add", () => made.getElement().setAttribute("aria-current", "true"));
  return made;
}

export function clusterMarker(latlng, counts, total, pointsWord, onClick) {
  const size = total < 10 ? 36 : total < 100 ? 42 : total < 1000 ? 48 : 56;
  const ring = document.createElement("span");
  ring.className = "map-cluster";
  ring.style.background = shares(counts, total);
  const count = document.createElement("span");
  count.className = "map-cluster__count";
  count.textContent = total < 1000 ? total : `${(total / 1000).toFixed(total < 10000 ? 1 : 0)}k`;
  ring.append(count);
  return marker(latlng, ring, size, `${total} ${pointsWord}`, 1000, onClick);
}

export function pulseMarker(point) {
  const ring = document.createElement("span");
  ring.className = `map-pulse map-pulse--${point.verdict}`;
  const icon = new L.DivIcon({ html: ring, className: "map-view__marker map-view__marker--still", iconSize: [30, 30] });
  return new L.Marker([point.lat, point.lng], { icon, interactive: false, keyboard: false, zIndexOffset: 3000 });
}

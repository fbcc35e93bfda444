// <map-view>: the map as a custom element. Attributes in, an input event out; docs/map.md says which.
import L from "./map/leaflet.js";
import { BaseLayer, decodeBase } from "./map/base-layer.js";
import { Chrome, shareGestures } from "./map/chrome.js";
import { dragMarker } from "./map/drag.js";
import { MAX_ZOOM, PointsLayer } from "./map/points-layer.js";
import * as values from "./map/values.js";

const THAILAND = [[5.6, 97.3], [20.5, 105.7]];
const ATTRIBUTES = ["base", "tiles", "attribution", "points", "patch", "selected", "me", "radius", "trail", "drag", "fit", "fit-key", "theme", "label", "strings", "out", "ready"];
// Applied in this order, whatever the order in which the host set them.
const STEPS = ["strings", "label", "theme", "base", "tiles", "points", "patch", "me", "radius", "trail", "drag", "fit", "selected", "ready"];
const STEP_OF = { attribution: "tiles", "fit-key": "fit", out: null };

const bases = new Map();

/** One download and one decoding per address, for every map on the page. */
function loadBase(url) {
  if (!bases.has(url)) {
    const loading = fetch(url).then((answer) => {
      if (!answer.ok) throw new Error(`base map: HTTP ${answer.status}`);
      return answer.json();
    });
    const decoded = loading.then(decodeBase);
    decoded.catch(() => bases.delete(url));
    bases.set(url, decoded);
  }
  return bases.get(url);
}

class MapView extends HTMLElement {
  static observedAttributes = ATTRIBUTES.map((name) => `data-${name}`);

  #map = null;
  #dirty = new Set();
  #view = null;
  #lastEvent = null;
  #cleanups = [];

  connectedCallback() {
    if (this.#map) return;
    this.#build();
    for (const step of STEPS) this.#dirty.add(step);
    this.#schedule();
  }

  disconnectedCallback() {
    // A framework may move an element: only one that stays away is torn down.
    queueMicrotask(() => !this.isConnected && this.#tearDown());
  }

  attributeChangedCallback(name, before, after) {
    if (before === after) return;
    const short = name.slice(5);
    const step = short in STEP_OF ? STEP_OF[short] : short;
    if (!step || !this.#map) return;
    this.#dirty.add(step);
    this.#schedule();
  }

  #schedule() {
    if (this.#dirty.scheduled) return;
    this.#dirty.scheduled = true;
    queueMicrotask(() => {
      const steps = this.#dirty;
      this.#dirty = new Set();
      if (!this.#map) return;
      for (const step of STEPS) if (steps.has(step)) this.#apply(step);
    });
  }

  #build() {
    const canvas = document.createElement("div");
    canvas.className = "map-view__canvas";
    canvas.setAttribute("role", "region");
    this.replaceChildren(canvas);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#map = new L.Map(canvas, {
      attributionControl: false,
      zoomControl: false,
      minZoom: 2,
      maxZoom: MAX_ZOOM,
      maxBounds: [[-85, -400], [85, 400]],
      worldCopyJump: true,
      wheelPxPerZoomLevel: 90,
      zoomAnimation: !still,
      fadeAnimation: !still,
      markerZoomAnimation: !still,
      inertia: !still,
      keyboardPanDelta: 120,
    });
    const map = this.#map;
    if (this.#view) map.setView(this.#view.center, this.#view.zoom, { animate: false });
    else map.fitBounds(THAILAND, { animate: false });
    this.chrome = new Chrome(map, this);
    this.points = new PointsLayer(map, (id) => this.#emit({ select: id }));
    this.gestures = shareGestures(map, this.chrome);
    this.touched = Boolean(this.#view);
    canvas.addEventListener("pointerdown", () => (this.touched = true), { passive: true });
    this.fitted = this.#view ? this.dataset.fitKey ?? "" : null;
    this.patchSeq = null;

    const resized = new ResizeObserver(() => {
      map.invalidateSize({ pan: false });
      this.gestures.settle();
      if (this.fitPending) this.#applyFit();
      this.points.refresh();
    });
    resized.observe(this);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const onScheme = () => this.#applyTheme();
    dark.addEventListener("change", onScheme);
    this.#cleanups = [() => resized.disconnect(), () => dark.removeEventListener("change", onScheme), () => this.gestures.stop()];
  }

  #tearDown() {
    if (!this.#map) return;
    this.#view = this.fitPending ? null : { center: this.#map.getCenter(), zoom: this.#map.getZoom() };
    for (const clean of this.#cleanups.splice(0)) clean();
    this.points.stop();
    this.#map.remove();
    this.#map = this.baseLayer = this.baseUrl = this.tileLayer = this.me = this.radius = this.trail = this.drag = this.points = null;
    this.#dirty = new Set();
    this.replaceChildren();
  }

  #apply(step) {
    const apply = {
      strings: () => this.#applyStrings(),
      label: () => this.#map.getContainer().setAttribute("aria-label", this.dataset.label || "Map"),
      theme: () => this.#applyTheme(),
      base: () => this.#applyBase(),
      tiles: () => this.#applyTiles(),
      points: () => this.#applyPoints(),
      patch: () => this.#applyPatch(),
      me: () => this.#applyMe(),
      radius: () => this.#applyRadius(),
      trail: () => this.#applyTrail(),
      drag: () => this.#applyDrag(),
      fit: () => this.#applyFit(),
      selected: () => this.points.select(this.dataset.selected ?? ""),
      ready: () => this.#lastEvent && this.#emit(this.#lastEvent),
    };
    apply[step]();
  }

  #emit(event) {
    this.#lastEvent = event;
    this.#say(event);
  }

  #say(event) {
    const out = this.dataset.out && document.getElementById(this.dataset.out);
    if (!out) return;
    out.value = JSON.stringify(event);
    out.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #applyStrings() {
    const words = values.strings(this.dataset.strings);
    this.chrome.words(words);
    this.points.words = words;
    this.words = words;
    this.baseLayer?.setLook(this.theme, this.#thai()); // the language of the page may have changed with them
  }

  #thai() {
    return (this.closest("[lang]")?.lang ?? "").startsWith("th");
  }

  #applyTheme() {
    const asked = this.dataset.theme;
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    this.theme = asked === "dark" || asked === "light" ? asked : system;
    this.classList.toggle("map-view--dark", this.theme === "dark");
    this.baseLayer?.setLook(this.theme, this.#thai());
  }

  async #applyBase() {
    const address = this.dataset.base;
    const map = this.#map;
    try {
      const url = address && new URL(address, document.baseURI).href;
      if (!url || url === this.baseUrl) return;
      this.baseUrl = url;
      const base = await loadBase(url);
      await document.fonts?.ready; // names are measured once, so not before the font is there
      if (this.#map !== map || this.baseUrl !== url) return;
      this.baseLayer?.remove();
      this.baseLayer = new BaseLayer(base, this.theme, this.#thai()).addTo(map);
      this.baseLayer.bringToBack();
      this.baseCredit = base.credit;
      this.#applyCredit();
    } catch (error) {
      // Points on a plain ground are still useful.
      this.baseUrl = null;
      console.warn("map-view:", error);
    }
  }

  #applyTiles() {
    const template = values.tileTemplate(this.dataset.tiles);
    if (template !== this.tileTemplate || !this.tileLayer) {
      this.tileTemplate = template;
      this.tileLayer?.remove();
      this.tileLayer = template && new L.TileLayer(template, { maxZoom: MAX_ZOOM, maxNativeZoom: 19, className: "map-view__tile" }).addTo(this.#map);
    }
    this.#applyCredit();
  }

  #applyCredit() {
    this.chrome.credit.textContent = (this.tileLayer && this.dataset.attribution) || this.baseCredit || "Natural Earth";
  }

  #applyPoints() {
    this.points.replace(values.points(values.parse(this.dataset.points)));
    this.#applyFit();
  }

  #applyPatch() {
    const patch = values.parse(this.dataset.patch);
    if (!patch || patch.seq === this.patchSeq) return;
    const first = this.patchSeq === null && !this.points.points.size;
    this.patchSeq = patch.seq;
    const points = values.points(patch.points);
    const gone = values.ids(patch.gone);
    if (patch.all) {
      this.points.replace(points);
      this.#applyFit();
    } else if (points.length || gone.length) this.points.patch(points, gone, !first);
    this.#say({ patched: patch.seq });
  }

  #applyMe() {
    const me = values.position(values.parse(this.dataset.me));
    this.me?.forEach((layer) => layer.remove());
    this.me = null;
    if (!me) return;
    const at = [me.lat, me.lng];
    const icon = new L.DivIcon({ className: "map-view__me", iconSize: [18, 18] });
    this.me = [
      new L.Circle(at, { radius: values.metres(me.accuracy_m), className: "map-view__accuracy", interactive: false }).addTo(this.#map),
      new L.Marker(at, { icon, interactive: false, keyboard: false, zIndexOffset: 2500 }).addTo(this.#map),
    ];
    this.#applyFit();
  }

  #applyRadius() {
    const circle = values.position(values.parse(this.dataset.radius));
    this.radius?.remove();
    this.radius = null;
    const radius = circle && values.metres(circle.radius_m);
    if (radius) this.radius = new L.Circle([circle.lat, circle.lng], { radius, className: "map-view__radius", interactive: false }).addTo(this.#map);
  }

  /** A way from stop to stop, in order, each with its number. */
  #applyTrail() {
    this.trail?.forEach((layer) => layer.remove());
    const stops = values.positions(values.parse(this.dataset.trail)).map((at) => [at.lat, at.lng]);
    const number = (at, n) => new L.Marker(at, {
      icon: new L.DivIcon({ className: "map-view__stop", html: String(n + 1), iconSize: [18, 18], iconAnchor: [-4, 22] }),
      interactive: false,
      keyboard: false,
      zIndexOffset: 2200,
    });
    this.trail = stops.length ? [new L.Polyline(stops, { className: "map-view__trail", interactive: false }), ...stops.map(number)] : [];
    for (const layer of this.trail) layer.addTo(this.#map);
  }

  /** A pin to be moved, which takes the circle along. While it is held nothing else moves it. */
  #applyDrag() {
    const at = values.position(values.parse(this.dataset.drag));
    if (!at) {
      this.drag?.remove();
      this.drag = null;
      return;
    }
    if (this.drag) {
      if (!this.drag.held) this.drag.setLatLng([at.lat, at.lng]);
    } else {
      const follow = (latlng) => this.radius?.setLatLng(latlng);
      this.drag = dragMarker([at.lat, at.lng], this.words?.pin, follow, ({ lat, lng }) => this.#emit({ moved: { lat, lng } })).addTo(this.#map);
    }
    this.#applyFit();
  }

  /** Once for the first data and once for each new key; never again under the hands of someone who moved the map. */
  #applyFit() {
    const key = this.dataset.fitKey ?? "";
    if (this.dataset.fit === "none" || this.fitted === key) return;
    const firstEver = this.fitted === null;
    const bounds = this.points.bounds();
    if (this.drag) bounds.extend(this.radius?.getBounds() ?? this.drag.getLatLng());
    const whole = bounds.isValid();
    if (this.me) bounds.extend(this.me[0].getBounds());
    if (!bounds.isValid()) return;
    const size = this.#map.getSize();
    this.fitPending = !size.x || !size.y;
    if (this.fitPending) return;
    if (whole) this.fitted = key;
    if (firstEver && this.touched) return;
    const room = Math.min(48, size.x / 6, size.y / 6);
    this.#map.fitBounds(bounds, { padding: [room, room], maxZoom: 16, animate: !firstEver });
  }
}

if (!customElements.get("map-view")) customElements.define("map-view", MapView);

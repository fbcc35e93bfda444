// The points: indexed by supercluster, shown as at most a few hundred focusable markers whatever the number of points.
import Supercluster from "supercluster";
import L from "./leaflet.js";
import { ChoiceList } from "./choice-list.js";
import { clusterMarker, pinMarker, pulseMarker } from "./pins.js";

export const MAX_ZOOM = 18;
const RADIUS = 60;
/** An index of 10,000 takes a frame or more, and no event is handled meanwhile: so seldom, and not for a few. */
const SETTLE_MS = 5000;
const MOST_LOOSE = 50;
const VERDICT_COUNTS = { map: (p) => ({ [p.verdict]: 1 }), reduce };

function reduce(sum, add) {
  for (const verdict of Object.keys(add)) sum[verdict] = (sum[verdict] ?? 0) + add[verdict];
}

const asFeature = (point) => ({ type: "Feature", properties: point, geometry: { type: "Point", coordinates: [point.lng, point.lat] } });

export class PointsLayer {
  constructor(map, onSelect) {
    this.map = map;
    this.onSelect = onSelect;
    this.points = new Map();
    this.shown = new Map();
    this.selected = "";
    this.words = { choose: "", points: "" };
    this.list = new ChoiceList(map, onSelect);
    this.index = null;
    this.loose = new Map();
    map.on("moveend zoomend resize", () => this.refresh());
    map.on("move", () => this.refreshIfOutside());
    map.on("movestart", () => this.list.close());
  }

  replace(points) {
    this.points = new Map(points.map((p) => [p.id, p]));
    this.list.close();
    this.reindex();
  }

  /**
   * Adds, changes and takes away a few points. The index cannot take one more, so a new point stands loose at once and joins its
   * cluster some seconds later, with all that came meanwhile. What no cluster counts is changed in the index.
   */
  patch(points, gone, announce) {
    const taken = gone.filter((id) => this.points.delete(id)).length;
    let [fresh, moved] = [[], false];
    for (const point of points) {
      const known = this.points.get(point.id);
      if (known && known.lat === point.lat && known.lng === point.lng && known.verdict === point.verdict) {
        Object.assign(known, point);
        continue;
      }
      if (!known) fresh.push(point);
      else moved = true;
      this.points.set(point.id, point);
      this.loose.set(point.id, point);
    }
    if (!this.index || taken || moved || this.loose.size > MOST_LOOSE) this.reindex();
    else {
      this.refresh();
      if (this.loose.size) this.settling ??= setTimeout(() => this.reindex(), SETTLE_MS);
    }
    if (announce) for (const point of fresh.slice(0, 20)) this.pulse(point);
  }

  stop() {
    clearTimeout(this.settling);
    this.settling = null;
  }

  select(id) {
    this.selected = id;
    this.refresh();
    const point = this.points.get(id);
    if (point && !this.map.getBounds().pad(-0.08).contains([point.lat, point.lng])) this.map.panTo([point.lat, point.lng]);
  }

  bounds() {
    const bounds = new L.LatLngBounds([]);
    for (const p of this.points.values()) bounds.extend([p.lat, p.lng]);
    return bounds;
  }

  reindex() {
    this.stop();
    this.loose.clear();
    this.index = new Supercluster({ radius: RADIUS, extent: 256, maxZoom: MAX_ZOOM, nodeSize: 64, ...VERDICT_COUNTS });
    this.index.load(Array.from(this.points.values(), asFeature));
    this.refresh();
  }

  refreshIfOutside() {
    if (this.index && this.drawn && !this.drawn.contains(this.map.getBounds())) this.refresh();
  }

  refresh() {
    const size = this.map.getSize();
    if (!this.index || !size.x || !size.y) return;
    const zoom = Math.min(MAX_ZOOM, Math.round(this.map.getZoom()));
    this.drawn = this.map.getBounds().pad(0.15);
    const box = [this.drawn.getWest(), Math.max(-85, this.drawn.getSouth()), this.drawn.getEast(), Math.min(85, this.drawn.getNorth())];
    const wanted = new Map();
    this.clusterIds = new Map();
    for (const feature of this.index.getClusters(box, zoom)) this.describe(feature, wanted);
    for (const { id } of this.loose.values()) if (id !== this.selected) this.describePin(this.points.get(id), false, wanted);
    const selected = this.points.get(this.selected);
    if (selected) this.describePin(selected, true, wanted);

    const focused = document.activeElement;
    let lost = null;
    for (const [key, marker] of this.shown) {
      if (wanted.has(key)) continue;
      if (marker.getElement() === focused) lost = marker.getLatLng();
      marker.remove();
      this.shown.delete(key);
    }
    for (const [key, make] of wanted) if (!this.shown.has(key)) this.shown.set(key, make().addTo(this.map));
    if (lost) this.refocus(lost);
  }

  /** Whoever was on a cluster that changed or came apart goes on beside it, not at the top of the page. */
  refocus(latlng) {
    const from = this.map.latLngToContainerPoint(latlng);
    let [nearest, least] = [this.map.getContainer(), 200];
    for (const marker of this.shown.values()) {
      const distance = this.map.latLngToContainerPoint(marker.getLatLng()).distanceTo(from);
      if (distance < least) [nearest, least] = [marker.getElement(), distance];
    }
    nearest.focus({ preventScroll: true });
  }

  describe({ properties, geometry, id }, wanted) {
    if (!properties.cluster) {
      if (properties.id !== this.selected) this.describePin(properties, false, wanted);
      return;
    }
    const [lng, lat] = geometry.coordinates;
    const { cluster, cluster_id, point_count, point_count_abbreviated, ...counts } = properties;
    const key = `cluster ${lat} ${lng} ${JSON.stringify(counts)}`;
    wanted.set(key, () => {
      const made = clusterMarker([lat, lng], counts, point_count, this.words.points, () => this.open(made, lat, lng));
      return made;
    });
    this.clusterIds.set(`${lat} ${lng}`, id); // a marker outlives the index that named it: its place finds it again
  }

  describePin(point, selected, wanted) {
    const key = `pin ${point.id} ${point.lat} ${point.lng} ${point.verdict} ${point.open} ${point.review} ${selected} ${point.label}`;
    wanted.set(key, () => pinMarker(point, selected, () => this.onSelect(point.id)));
  }

  /** Zooms to where the cluster falls apart, or, where it never does, lists what is in it. */
  open(marker, lat, lng) {
    const id = this.clusterIds.get(`${lat} ${lng}`);
    if (id === undefined) return;
    const { index } = this;
    const zoom = index.getClusterExpansionZoom(id);
    if (zoom <= MAX_ZOOM) {
      this.map.setView([lat, lng], Math.max(zoom, this.map.getZoom() + 1));
      return;
    }
    const points = index.getLeaves(id, 200).map((leaf) => leaf.properties);
    this.list.open(marker, points, this.words.choose);
  }

  pulse(point) {
    const ring = pulseMarker(point).addTo(this.map);
    setTimeout(() => ring.remove(), 2400);
  }
}

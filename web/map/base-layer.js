// The base map, drawn into canvas tiles from base.json: no tile server, no WebGL, and panning only moves finished tiles.
import L from "./leaflet.js";
import { PALETTES } from "./palette.js";

const TILE = 256;
const RANK_ZOOM = [4, 6, 7, 10, 12]; // from which zoom a place of each rank may be named
const FONT = "Inter, 'Noto Sans Thai', system-ui, sans-serif";

const mercatorX = (lng) => (lng + 180) / 360;
const mercatorY = (lat) => {
  const s = Math.sin((Math.max(-85.05, Math.min(85.05, lat)) * Math.PI) / 180);
  return 0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI);
};

/** Delta-coded integers → mercator pairs in 0..1, with their box. */
function decode(lines, scale) {
  return lines.map((line) => {
    const xy = new Float64Array(line.length);
    let [x, y] = [0, 0];
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < line.length; i += 2) {
      xy[i] = mercatorX((x += line[i]) / scale);
      xy[i + 1] = mercatorY((y += line[i + 1]) / scale);
      box[0] = Math.min(box[0], xy[i]);
      box[1] = Math.min(box[1], xy[i + 1]);
      box[2] = Math.max(box[2], xy[i]);
      box[3] = Math.max(box[3], xy[i + 1]);
    }
    return { xy, box };
  });
}

export function decodeBase(raw) {
  const named = (list) => (list ?? []).map(([name, x, y, rank, thai]) => ({ name, thai: thai ?? name, rank, x: mercatorX(x / raw.scale), y: mercatorY(y / raw.scale) }));
  const [w, s, e, n] = raw.region;
  const base = { credit: String(raw.credit ?? ""), region: [mercatorX(w), mercatorY(n), mercatorX(e), mercatorY(s)] };
  for (const layer of ["world", "worldBorders", "land", "borders", "lakes", "provinces", "rivers"]) base[layer] = decode(raw[layer] ?? [], raw.scale);
  base.countries = named(raw.countries);
  base.places = named(raw.places);
  base.labels = new Map();
  return base;
}

const measure = document.createElement("canvas").getContext("2d");

function labelStyle(label, zoom) {
  if (label.country) return { size: zoom < 5 ? 11 : 12, weight: 500, colour: "country", gap: 0.08 };
  if (label.rank === 0) return { size: zoom < 7 ? 12 : 14, weight: 600, colour: "city", gap: 0 };
  if (label.rank <= 2) return { size: label.rank === 1 || zoom > 9 ? 12 : 11, weight: 500, colour: zoom > 8 ? "city" : "town", gap: 0 };
  return { size: zoom > 12 ? 12 : 11, weight: zoom > 12 ? 500 : 400, colour: "town", gap: 0 };
}

/** Which names fit at this zoom: decided once for the whole map, so neighbouring tiles agree. */
function placeLabels(base, zoom, thai) {
  const known = `${zoom}${thai}`;
  if (base.labels.has(known)) return base.labels.get(known);
  const size = TILE * 2 ** zoom;
  const cells = new Map();
  const placed = [];
  const wanted = [
    ...(zoom <= 7 ? base.countries.filter((c) => c.rank <= Math.max(0, zoom - 2)).map((c) => ({ ...c, country: true })) : []),
    ...base.places.filter((p) => zoom >= RANK_ZOOM[p.rank]),
  ];
  for (const label of wanted) {
    const style = labelStyle(label, zoom);
    const name = thai ? label.thai : label.name;
    const text = label.country ? name.toUpperCase() : name;
    measure.font = `${style.weight} ${style.size}px ${FONT}`;
    const width = measure.measureText(text).width * (1 + style.gap);
    const [cx, cy] = [label.x * size, label.y * size];
    const room = zoom < 9 ? 14 : 22;
    const box = [cx - width / 2 - room, cy - style.size / 2 - room / 2, cx + width / 2 + room, cy + style.size / 2 + room / 2];
    const keys = [];
    for (let x = Math.floor(box[0] / 128); x <= Math.floor(box[2] / 128); x++)
      for (let y = Math.floor(box[1] / 128); y <= Math.floor(box[3] / 128); y++) keys.push(`${x},${y}`);
    const hits = (o) => box[0] < o[2] && o[0] < box[2] && box[1] < o[3] && o[1] < box[3];
    if (keys.some((key) => cells.get(key)?.some(hits))) continue;
    for (const key of keys) cells.has(key) ? cells.get(key).push(box) : cells.set(key, [box]);
    placed.push({ text, style, cx, cy, box });
  }
  base.labels.set(known, placed);
  return placed;
}

/** Adds every line that touches the view to the path; points closer than a pixel are skipped. */
function trace(ctx, lines, view, close, bends = false) {
  const { size, ox, oy, box } = view;
  for (const line of lines) {
    const b = line.box;
    if (b[2] < box[0] || b[0] > box[2] || b[3] < box[1] || b[1] > box[3]) continue;
    const { xy } = line;
    let [lx, ly] = [xy[0] * size - ox, xy[1] * size - oy];
    ctx.moveTo(lx, ly);
    for (let i = 2; i < xy.length; i += 2) {
      const x = xy[i] * size - ox;
      const y = xy[i + 1] * size - oy;
      if (Math.abs(x - lx) + Math.abs(y - ly) < 0.8 && i < xy.length - 2) continue;
      // A river drawn through the middles of its pieces bends, as rivers do, where a polyline would break.
      if (bends) ctx.quadraticCurveTo(lx, ly, (lx + x) / 2, (ly + y) / 2);
      else ctx.lineTo(x, y);
      [lx, ly] = [x, y];
    }
    if (bends) ctx.lineTo(lx, ly);
    if (close) ctx.closePath();
  }
}

function fill(ctx, lines, view, colour) {
  ctx.beginPath();
  trace(ctx, lines, view, true);
  ctx.fillStyle = colour;
  ctx.fill("evenodd");
}

function stroke(ctx, lines, view, colour, width, { dash = [], bends = false } = {}) {
  ctx.beginPath();
  trace(ctx, lines, view, false, bends);
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.setLineDash(dash);
  ctx.lineJoin = ctx.lineCap = "round";
  ctx.stroke();
}

export function drawTile(ctx, base, coords, colours, thai) {
  const size = TILE * 2 ** coords.z;
  const [ox, oy] = [coords.x * TILE, coords.y * TILE];
  const pad = 8 / size;
  const view = { size, ox, oy, box: [ox / size - pad, oy / size - pad, (ox + TILE) / size + pad, (oy + TILE) / size + pad] };
  const { z } = coords;
  ctx.fillStyle = colours.water;
  ctx.fillRect(0, 0, TILE, TILE);

  const r = base.region;
  const inside = view.box[0] > r[0] && view.box[1] > r[1] && view.box[2] < r[2] && view.box[3] < r[3];
  if (!inside) {
    fill(ctx, base.world, view, colours.land);
    stroke(ctx, base.worldBorders, view, colours.border, 0.6);
    ctx.fillStyle = colours.water;
    ctx.fillRect(r[0] * size - ox, r[1] * size - oy, (r[2] - r[0]) * size, (r[3] - r[1]) * size);
  }
  fill(ctx, base.land, view, colours.land);
  fill(ctx, base.lakes, view, colours.water);
  if (z >= 6) stroke(ctx, base.provinces, view, colours.province, z > 8 ? 1.2 : 0.8, { dash: z > 8 ? [5, 3] : [] });
  // The rivers are right to a few hundred metres: close in, a soft band says more than a sharp wrong bank.
  if (z >= 5) {
    const rivers = base.rivers.slice(0, z < 7 ? 10 : z < 8 ? 24 : z < 9 ? 50 : undefined); // longest first
    stroke(ctx, rivers, view, colours.river, [1, 1, 1.2, 1.6, 2, 2.8, 4, 5.5, 7][Math.min(z - 5, 8)], { bends: true });
  }
  stroke(ctx, base.borders, view, colours.border, z > 6 ? 1.2 : 0.8);

  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  ctx.setLineDash([]);
  for (const { text, style, cx, cy, box } of placeLabels(base, z, thai)) {
    if (box[2] < ox || box[0] > ox + TILE || box[3] < oy || box[1] > oy + TILE) continue;
    ctx.font = `${style.weight} ${style.size}px ${FONT}`;
    ctx.lineWidth = 3;
    ctx.strokeStyle = colours.halo;
    ctx.strokeText(text, cx - ox, cy - oy);
    ctx.fillStyle = colours[style.colour];
    ctx.fillText(text, cx - ox, cy - oy);
  }
}

export const BaseLayer = L.GridLayer.extend({
  initialize(base, theme, thai, options) {
    this.base = base;
    this.theme = theme;
    this.thai = thai === true;
    L.setOptions(this, { tileSize: TILE, minZoom: 2, maxZoom: 19, noWrap: false, updateWhenZooming: false, keepBuffer: 2, className: "map-view__base", ...options });
  },
  setLook(theme, thai) {
    if (theme === this.theme && thai === this.thai) return;
    this.theme = theme;
    this.thai = thai;
    this.redraw();
  },
  createTile(coords) {
    const tile = document.createElement("canvas");
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    tile.width = tile.height = TILE * ratio;
    const ctx = tile.getContext("2d", { alpha: false });
    ctx.scale(ratio, ratio);
    const worlds = 2 ** coords.z;
    const wrapped = { z: coords.z, x: ((coords.x % worlds) + worlds) % worlds, y: coords.y };
    drawTile(ctx, this.base, wrapped, PALETTES[this.theme], this.thai);
    return tile;
  },
});

// Attributes are strings from another program: whatever does not parse counts as not given.
import { VERDICTS } from "./palette.js";

export function parse(text) {
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function position(value) {
  const ok = value && Number.isFinite(value.lat) && Number.isFinite(value.lng) && Math.abs(value.lat) <= 90 && Math.abs(value.lng) <= 180;
  return ok ? value : null;
}

export function points(value) {
  if (!Array.isArray(value)) return [];
  return value
    .filter((p) => position(p) && (typeof p.id === "string" || typeof p.id === "number"))
    .map((p) => ({
      id: String(p.id),
      lat: p.lat,
      lng: p.lng,
      verdict: VERDICTS.includes(p.verdict) ? p.verdict : "location",
      label: typeof p.label === "string" ? p.label : "",
      open: p.open === true,
      review: p.review === "approved" || p.review === "rejected" ? p.review : "",
    }));
}

export const ids = (value) => (Array.isArray(value) ? value.filter((id) => typeof id === "string") : []);

export const positions = (value) => (Array.isArray(value) ? value.filter(position) : []);

export const metres = (value) => (Number.isFinite(value) && value > 0 ? Math.min(value, 1e6) : 0);

/** Only https (or our own origin) with the three placeholders: anything else would be a broken picture a tile. */
export function tileTemplate(text) {
  if (!text || !["{z}", "{x}", "{y}"].every((part) => text.includes(part))) return null;
  return /^(https:\/\/|\/(?!\/))/.test(text) ? text : null;
}

const STRINGS = {
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  choose: "Choose one",
  points: "points",
  pin: "Pin, move it with the arrow keys",
  gesture: "Use two fingers to move the map",
};

export function strings(text) {
  const given = parse(text);
  const out = { ...STRINGS };
  if (given && typeof given === "object") for (const key of Object.keys(STRINGS)) if (typeof given[key] === "string") out[key] = given[key];
  return out;
}

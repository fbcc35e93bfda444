// Small geometry for the base map: clip to a box, simplify, pack as delta-coded integers.
export const SCALE = 4000; // steps in a degree: about 28 m

/** Parts of a line inside the box, cut where it leaves. */
export function clipLine(line, [w, s, e, n]) {
  const inside = ([x, y]) => x >= w && x <= e && y >= s && y <= n;
  const parts = [];
  let part = [];
  for (const p of line) {
    if (inside(p)) part.push(p);
    else {
      if (part.length > 1) parts.push(part);
      part = [];
    }
  }
  if (part.length > 1) parts.push(part);
  return parts;
}

/** A line over the date line, made continuous and cut in two: 179, -179 would be drawn across the whole world. */
export function unwrap(line, cut) {
  let shift = 0;
  const long = line.map(([x, y], i) => {
    if (i > 0 && Math.abs(x - line[i - 1][0]) > 180) shift += x < line[i - 1][0] ? 360 : -360;
    return [x + shift, y];
  });
  if (long.every(([x]) => x >= -180 && x <= 180)) return [line];
  return [-360, 0, 360].flatMap((by) => cut(long.map(([x, y]) => [x + by, y]), [-180, -90, 180, 90]));
}

/** Sutherland–Hodgman: the ring cut to the box (edges along the box are filled, never stroked). */
export function clipRing(ring, [w, s, e, n]) {
  const sides = [
    [0, w, 1],
    [0, e, -1],
    [1, s, 1],
    [1, n, -1],
  ];
  let out = ring;
  for (const [axis, limit, sign] of sides) {
    const from = out;
    out = [];
    for (let i = 0; i < from.length; i++) {
      const a = from[(i + from.length - 1) % from.length];
      const b = from[i];
      const [da, db] = [(a[axis] - limit) * sign, (b[axis] - limit) * sign];
      if (da >= 0 !== db >= 0) {
        const t = da / (da - db);
        out.push([a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t]);
      }
      if (db >= 0) out.push(b);
    }
    if (!out.length) return out;
  }
  return out;
}

/** Douglas–Peucker without recursion: a coastline can be long. */
export function simplify(points, tolerance) {
  if (points.length < 3) return points;
  const keep = new Uint8Array(points.length);
  keep[0] = keep[points.length - 1] = 1;
  const stack = [[0, points.length - 1]];
  while (stack.length) {
    const [a, b] = stack.pop();
    const [[ax, ay], [bx, by]] = [points[a], points[b]];
    const [dx, dy] = [bx - ax, by - ay];
    const len = dx * dx + dy * dy;
    let [worst, at] = [tolerance * tolerance, -1];
    for (let i = a + 1; i < b; i++) {
      const [px, py] = points[i];
      const t = len ? Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / len)) : 0;
      const d = (px - ax - t * dx) ** 2 + (py - ay - t * dy) ** 2;
      if (d > worst) [worst, at] = [d, i];
    }
    if (at > 0) {
      keep[at] = 1;
      stack.push([a, at], [at, b]);
    }
  }
  return points.filter((_, i) => keep[i]);
}

/** [x0, y0, dx, dy, …] per line. */
export function encode(lines) {
  return lines.map((line) => {
    const out = [];
    let [px, py] = [0, 0];
    for (const [x, y] of line) {
      const [qx, qy] = [Math.round(x * SCALE), Math.round(y * SCALE)];
      if (out.length && qx === px && qy === py) continue;
      out.push(qx - px, qy - py);
      [px, py] = [qx, qy];
    }
    return out;
  });
}

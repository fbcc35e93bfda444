// Runs in the page: what every candidate is asked to do, and how it is timed.
export const frame = () => new Promise(requestAnimationFrame);
export const wait = (ms) => new Promise((done) => setTimeout(done, ms));

export async function painted() {
  await frame();
  await frame();
}

/** Frame gaps while `move` runs. */
export async function frames(move) {
  const gaps = [];
  let last = performance.now();
  let on = true;
  const tick = (now) => {
    gaps.push(now - last);
    last = now;
    if (on) requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  await move();
  on = false;
  return gaps.slice(1);
}

/** driver: {start, addOne, pan(dx, dy, seconds), zoom(to)}; the same journey for all. */
export async function run(driver) {
  const [points, base] = await Promise.all(["/points.json", "/base.json"].map((u) => fetch(u).then((r) => r.json())));
  await driver.start(points, base);
  await painted();
  const first = performance.now();
  await wait(500);
  const adds = [];
  for (let i = 0; i < 9; i++) {
    const from = performance.now();
    await driver.addOne({ id: `new${i}`, lat: 13.75 + i / 500, lng: 100.52, verdict: "verified", label: "New", open: true });
    await frame();
    adds.push(performance.now() - from);
  }
  const journey = async () => {
    for (const zoom of [8, 10, 11]) await Promise.all([driver.zoom(zoom), wait(600)]);
    for (const [dx, dy] of [[400, 0], [0, 300], [-600, -200], [200, -300]]) await Promise.all([driver.pan(dx, dy, 0.7), wait(800)]);
    for (const zoom of [9, 7, 6]) await Promise.all([driver.zoom(zoom), wait(600)]);
  };
  const gaps = await frames(journey);
  return { first, adds, gaps };
}

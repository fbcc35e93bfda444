// The manager's board on a day of 10,000 check-ins: frames a second while the map is moved, the time from a frame's arrival at the
// socket to its pin on the map, and memory while the day goes on. `node bench/board/measure.mjs [MINUTES]`, on the bundle in dist/.
import { execFileSync } from 'node:child_process'
import { DESK, Server, hydrated, launch, photo, signIn } from '../../tests/browser/support.mjs'

const CHECK_INS = 10_000
const minutes = Number(process.argv[2] ?? 10)
const LANDMARKS = [[13.7563, 100.5018], [18.7883, 98.9853], [7.8804, 98.3923], [16.4419, 102.836], [12.9236, 100.8825]]

/** Copies of one visit, spread over five cities and the hours of today, written straight into the database. */
function fill(file) {
  const sql = `
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${CHECK_INS}),
    city(k, lat, lng) AS (VALUES ${LANDMARKS.map(([lat, lng], k) => `(${k}, ${lat}, ${lng})`).join(', ')}),
    model AS (SELECT * FROM visits WHERE checked_out_at IS NOT NULL AND fix_lat IS NOT NULL LIMIT 1),
    today(d) AS (SELECT date('now', '+7 hours')),
    made AS (SELECT i, randomblob(16) AS id, c.lat + (random() % 1000) / 12000.0 AS lat, c.lng + (random() % 1000) / 12000.0 AS lng,
      strftime('%Y-%m-%dT%H:%M:%f', 'now', '-' || (i % 40) || ' seconds') || '+00:00' AS at FROM n JOIN city c ON c.k = i % ${LANDMARKS.length})
    INSERT INTO visits (organisation_id, id, employee_id, team_id, location_id, purpose, verdict, reasons, pin_lat, pin_lng, radius_m, fix_lat, fix_lng,
      fix_accuracy_m, fix_taken_at, distance_m, business_date, checked_in_at, checked_out_at, outcome, photos)
    SELECT m.organisation_id, made.id, m.employee_id, m.team_id, m.location_id, m.purpose,
      CASE made.i % 20 WHEN 0 THEN 'out_of_range' WHEN 1 THEN 'unverifiable' WHEN 2 THEN 'suspicious' ELSE 'verified' END, '', made.lat, made.lng, 150, made.lat, made.lng,
      8, made.at, 12, today.d, made.at, made.at, 'ordered', '[]' FROM made, model m, today;`
  execFileSync('python3', ['-c', 'import sqlite3, sys; db = sqlite3.connect(sys.argv[1], timeout=20); db.executescript(sys.stdin.read()); db.commit()', file], { input: sql })
}

const quantile = (values, q) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))]

const server = await Server.start()
fill(`${server.data}/ekenko.sqlite`)
const browser = await launch()
const context = await browser.newContext({ baseURL: server.base, viewport: DESK, timezoneId: 'Asia/Bangkok' })
const page = await context.newPage()
// When each visit's frame arrived, by the page's own clock.
await page.addInitScript(() => {
  window.arrived = new Map()
  const Plain = window.WebSocket
  window.WebSocket = class extends Plain {
    constructor(...args) {
      super(...args)
      this.addEventListener('message', ({ data }) => {
        const id = /"kind":"visit.checked_in".*?"data":\{"id":"([^"]+)"/.exec(data)?.[1]
        if (id && !window.arrived.has(id)) window.arrived.set(id, performance.now())
      })
    }
  }
})
await signIn(page, 'admin')
const begun = Date.now()
await page.goto('/board')
await hydrated(page)
await page.waitForFunction((n) => document.querySelector('map-view')?.points?.points.size >= n, CHECK_INS)
console.log(`board with ${CHECK_INS} pins ready after ${Date.now() - begun} ms`)

const map = page.locator('map-view canvas').first()
const box = await page.locator('map-view').boundingBox()
const middle = [box.x + box.width / 2, box.y + box.height / 2]
const frames = page.evaluate(() => new Promise((done) => {
  const times = []
  let last = performance.now()
  window.stopFrames = () => done(times)
  const next = (now) => { times.push(now - last); last = now; requestAnimationFrame(next) }
  requestAnimationFrame(next)
}))
await map.waitFor()
for (const zoom of [-300, -300, -300, 300, 300]) {
  await page.mouse.move(...middle)
  await page.mouse.wheel(0, zoom)
  await page.waitForTimeout(700)
  for (const [dx, dy] of [[180, 60], [-160, 90], [90, -150]]) {
    await page.mouse.move(...middle)
    await page.mouse.down()
    for (let step = 1; step <= 24; step++) {
      await page.mouse.move(middle[0] + (dx * step) / 24, middle[1] + (dy * step) / 24)
      await page.waitForTimeout(16)
    }
    await page.mouse.up()
    await page.waitForTimeout(300)
  }
}
await page.evaluate(() => window.stopFrames())
const times = (await frames).slice(1)
const mean = times.reduce((a, b) => a + b, 0) / times.length
console.log(`moving the map: ${(1000 / mean).toFixed(0)} frames a second on average, frame p50 ${quantile(times, 0.5).toFixed(0)} ms, p95 ${quantile(times, 0.95).toFixed(0)} ms, worst ${Math.max(...times).toFixed(0)} ms`)

const { items: places } = await server.api('admin', 'GET', '/locations?limit=50')
const cdp = await context.newCDPSession(page)
const heap = async () => {
  await cdp.send('HeapProfiler.collectGarbage')
  const { metrics } = await cdp.send('Performance.getMetrics')
  const js = metrics.find(({ name }) => name === 'JSHeapUsedSize').value
  const nodes = metrics.find(({ name }) => name === 'Nodes').value
  return { mb: (js / 1e6).toFixed(1), nodes }
}
await cdp.send('Performance.enable')
const delays = []
const end = Date.now() + minutes * 60_000
let n = 0, due = 0
do {
  const who = `rep${1 + (n % 8)}`
  const place = places[n % places.length]
  const id = crypto.randomUUID()
  const fix = { lat: place.lat + (n % 97) / 1e6, lng: place.lng, accuracy_m: 9, taken_at: new Date().toISOString() }
  const open = (await server.api(who, 'GET', '/visits?open=true&limit=1')).items[0]
  if (open) {
    const token = await server.token(who)
    await fetch(`${server.base}/api/v1/visits/${open.id}/photo`, { method: 'PUT', headers: { authorization: `Bearer ${token}` }, body: photo().buffer })
    await server.api(who, 'POST', `/visits/${open.id}/check-out`, { outcome: 'ordered' })
  }
  const drawn = page.evaluate((id) => new Promise((done) => {
    const look = () => {
      const points = document.querySelector('map-view').points
      // In the map's own list and past the frame that draws it.
      if (window.arrived.has(id) && points.points.has(id)) requestAnimationFrame(() => done(performance.now() - window.arrived.get(id)))
      else setTimeout(look, 1)
    }
    look()
  }), id)
  await server.api(who, 'POST', '/visits', { id, location_id: place.id, purpose: 'survey', fix })
  delays.push(await drawn)
  if (Date.now() >= due) {
    const { mb, nodes } = await heap()
    console.log(`after ${Math.round((Date.now() - end + minutes * 60_000) / 1000)} s and ${n + 1} check-ins: ${mb} MB of JS heap, ${nodes} nodes`)
    due = Date.now() + 60_000
    // A token lasts fifteen minutes.
    if (minutes > 10) server.tokens.clear()
  }
  n++
  await page.waitForTimeout(1000)
} while (Date.now() < end)
console.log(`frame to pin over ${n} check-ins: p50 ${quantile(delays, 0.5).toFixed(0)} ms, p95 ${quantile(delays, 0.95).toFixed(0)} ms, worst ${Math.max(...delays).toFixed(0)} ms`)
await browser.close()
await server.stop()

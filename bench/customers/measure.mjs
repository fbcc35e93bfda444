// A customer base of 100,000 taken in, looked for doubles in, searched and given away: `node bench/customers/measure.mjs`, on the
// bundle in dist/; with DATABASE_URL of an empty database on PostgreSQL. Check-ins that come meanwhile are timed as well.
import { randomUUID } from 'node:crypto'
import { Server } from '../../tests/browser/support.mjs'

const ROWS = 100_000
const server = await Server.start(process.env.DATABASE_URL ? { EKENKO_SECRET: 'load-test-only-load-test-only-load-test-only' } : {})
const parts = ['Lotus', 'Siam', 'Golden', 'River', 'Happy', 'ทอง', 'เจริญ', 'ร้านป้า', 'มินิมาร์ท', 'โชห่วย']
const letters = (n) => n.toString(26).replace(/./g, (c) => String.fromCharCode(97 + parseInt(c, 26)))
const rows = Array.from({ length: ROWS }, (_, n) => {
  // Every hundredth is another once more, some steps away.
  const of = n % 100 === 99 ? n - 50 : n
  const [lat, lng] = [13 + ((of * 7919) % ROWS) / 20_000, 99 + ((of * 104_729) % ROWS) / 25_000]
  return `${parts[of % 10]} ${letters(of)},${(lat + (of === n ? 0 : 0.0004)).toFixed(6)},${lng.toFixed(6)},${of % 977} Main Road,กรุงเทพมหานคร,02-${String(n).padStart(7, '0')}`
})
const file = ['name,lat,lng,address,province,phone', ...rows].join('\n')

const seconds = (from) => `${((performance.now() - from) / 1000).toFixed(1)} s`
async function ask(method, address, { body, accept } = {}) {
  const headers = { authorization: `Bearer ${await server.token('admin')}`, ...(accept ? { accept } : {}), ...(body ? { 'content-type': 'text/csv' } : {}) }
  const answer = await fetch(`${server.base}/api/v1${address}`, { method, headers, body })
  if (!answer.ok) throw new Error(`${address}: ${answer.status} ${await answer.text()}`)
  return answer
}
async function taken(what, query) {
  const [begun, steps] = [performance.now(), []]
  const answer = await ask('POST', `/imports/locations${query}`, { body: file, accept: 'application/x-ndjson' })
  let text = ''
  for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
    steps.push(performance.now())
    text += piece
  }
  const report = JSON.parse(text.trim().split('\n').at(-1))
  const gaps = steps.map((at, n) => at - (steps[n - 1] ?? begun))
  console.log(`${what}: ${seconds(begun)}, ${JSON.stringify({ ...report, bad_rows: report.bad_rows?.length, report: report.report && { ...report.report, bad_rows: report.report.bad_rows.length } })}; progress told ${steps.length} times, longest wait ${(Math.max(...gaps) / 1000).toFixed(1)} s`)
}

await taken('dry run', '?dry_run=true')
const place = (await server.api('rep1', 'GET', '/locations?limit=1')).items[0]
let done = false
const waits = []
const reps = (async () => {
  for (let n = 0; !done; n++) {
    const who = `rep${1 + (n % 8)}`
    const begun = performance.now()
    // Most are refused, for a visit is open: that too waits for its turn to write.
    await server.api(who, 'POST', '/visits', { id: randomUUID(), location_id: place.id, purpose: 'survey' }).catch(() => {})
    waits.push(performance.now() - begun)
    await new Promise((next) => setTimeout(next, 100))
  }
})()
await taken('import', '')
done = true
await reps
console.log(`check-ins meanwhile: ${waits.length}, longest wait ${(Math.max(...waits) / 1000).toFixed(2)} s`)
await taken('the same file again', '')
for (const [what, address] of [['duplicates, first 50', '/locations/duplicates?limit=50'], ['companies by name, first 50', '/companies?limit=50&q=golden'],
  ['customers by name, first 50', '/locations?limit=50&q=golden'], ['export, CSV', '/locations/export?format=csv'], ['export, Excel', '/locations/export?format=xlsx']]) {
  const times = []
  let bytes
  for (let n = 0; n < 3; n++) {
    const begun = performance.now()
    bytes = (await (await ask('GET', address)).arrayBuffer()).byteLength
    times.push(performance.now() - begun)
  }
  console.log(`${what}: ${Math.round(times.sort((a, b) => a - b)[1])} ms, ${Math.round(bytes / 1000)} KB`)
}
await server.stop()

// What was answered stays, whatever happens to the process.
import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { PASSWORD, Server, photo, someDay } from './support.mjs'

let server, shot

before(async () => {
  server = await Server.start()
  shot = photo()
})
after(() => server?.stop())

test('killing the server in a burst of check-ins loses no answered one', async () => {
  const { items } = await server.api('rep1', 'GET', '/locations?limit=50')
  const answered = { visits: [], photos: [], checkOuts: [] }
  let killed = false
  const call = async (token, method, address, body, type = 'application/json') => {
    const answer = await fetch(`${server.base}/api/v1${address}`, {
      method, body, headers: { authorization: `Bearer ${token}`, 'content-type': type },
    })
    assert.ok(answer.ok, `${method} ${address}: ${answer.status} ${await answer.clone().text()}`)
    return answer.json()
  }
  const work = async (rep) => {
    const token = await server.token(`rep${rep}`)
    for (let round = 0; !killed; round++) {
      const id = crypto.randomUUID()
      const at = items[(rep * 7 + round) % items.length]
      const fix = { lat: at.lat, lng: at.lng, accuracy_m: 8, taken_at: new Date().toISOString() }
      await call(token, 'POST', '/visits', JSON.stringify({ id, location_id: at.id, purpose: 'offer', fix }))
      answered.visits.push(id)
      const { sha256 } = await call(token, 'PUT', `/visits/${id}/photo`, shot.buffer, 'image/png')
      answered.photos.push({ id, sha256 })
      await call(token, 'POST', `/visits/${id}/check-out`, JSON.stringify({ outcome: 'ordered', notes: `รอบ ${round}` }))
      answered.checkOuts.push({ id, notes: `รอบ ${round}` })
      // The kill comes in the middle of the burst, counted by what was answered, not by the clock.
      if (answered.visits.length > 120 && !killed) {
        killed = true
        server.process.kill('SIGKILL')
      }
    }
  }
  const ends = await Promise.allSettled([1, 2, 3, 4, 5, 6, 7, 8].map(work))
  await server.ended
  for (const end of ends) {
    // A request cut off by the kill fails as a broken connection; a refusal would be a fault of ours.
    if (end.status === 'rejected') assert.match(String(end.reason?.cause ?? end.reason), /ECONN|socket|closed|terminated|fetch failed/i)
  }
  await server.up()
  assert.ok(answered.visits.length > 120)
  for (const id of answered.visits) assert.equal((await server.api('admin', 'GET', `/visits/${id}`)).id, id)
  for (const { id, sha256 } of answered.photos) {
    const picture = await fetch(`${server.base}/api/v1/visits/${id}/photo`, { headers: { authorization: `Bearer ${await server.token('admin')}` } })
    assert.equal(picture.status, 200)
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', await picture.arrayBuffer())).toString('hex')
    assert.equal(digest, sha256)
  }
  for (const { id, notes } of answered.checkOuts) assert.equal((await server.api('admin', 'GET', `/visits/${id}`)).notes, notes)
})

test('a start killed while it makes demo data leaves nothing half-made', async (t) => {
  const other = await Server.at()
  t.after(() => other.stop())
  other.launch()
  const made = path.join(other.data, 'demo-unfinished/photos')
  // Some photos are there, so it is in the middle of the two weeks.
  while ((await readdir(made, { recursive: true }).catch(() => [])).length < 100) await new Promise((done) => setTimeout(done, 20))
  await other.down('SIGKILL')
  await other.up()
  const day = await someDay(server)
  const visits = async (from) => (await from.api('admin', 'GET', `/visits?date=${day}&limit=200`)).items.map((visit) => [visit.employee.name, visit.checked_in_at, visit.photo.sha256])
  assert.deepEqual(await visits(other), await visits(server))
  assert.ok(!(await readdir(other.data)).includes('demo-unfinished'))
})

test('demo data is never served beyond loopback, whatever the environment says', async () => {
  await server.down()
  server.env = { ...server.env, EKENKO_DEMO: 'off', IP: '0.0.0.0' }
  await assert.rejects(server.up(), /ended before it was ready/)
  assert.equal((await server.ended).code, 1)
  server.env = { ...server.env, IP: '127.0.0.1' }
  await server.up()
  const answer = await fetch(`${server.base}/api/v1/auth/login`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ email: 'rep1@ekenko.test', password: PASSWORD }),
  })
  assert.equal(answer.status, 200)
})

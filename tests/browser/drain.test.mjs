// A day without signal: fifty visits with photos are sent while the server is killed three times over. None is lost, none doubled.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { PHONE, Server, hydrated, kept, launch, person, photo, signIn } from './support.mjs'

const VISITS = 50
const KILLS = [8, 22, 36]
let server, browser

before(async () => {
  server = await Server.start()
  browser = await launch()
})
after(async () => {
  await browser?.close()
  await server?.stop()
})

/** The commands of the one visit on the phone, once more for each of the others, earlier by a minute or so each. */
async function multiply(page, others) {
  await page.evaluate(async (others) => {
    const done = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
    const db = await done(indexedDB.open('ekenko'))
    const first = await done(db.transaction('outbox').objectStore('outbox').getAll())
    const [{ draft }] = first
    const copies = []
    for (const [index, { id, location, photo }] of others.entries()) {
      const bytes = Uint8Array.from(atob(photo), (c) => c.charCodeAt(0))
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
      const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
      for (const { seq, bytes: _, ...item } of first) {
        const text = JSON.stringify(item).replaceAll(draft.id, id).replaceAll(draft.location.id, location)
        const copy = JSON.parse(text)
        if (copy.body) {
          const body = JSON.parse(copy.body)
          body.occurred_at = new Date(Date.parse(body.occurred_at) - (others.length - index) * 70_000).toISOString()
          if (body.fix) body.fix.taken_at = body.occurred_at
          copy.body = JSON.stringify(body)
        }
        copies.push(item.sha256 ? { ...copy, bytes, sha256 } : copy)
      }
    }
    const change = db.transaction('outbox', 'readwrite')
    const store = change.objectStore('outbox')
    store.clear()
    // In the order of the day.
    for (const item of [...copies, ...first.map(({ seq, ...item }) => item)]) store.add(item)
    await new Promise((resolve) => { change.oncomplete = resolve })
    db.close()
  }, others)
}

test('fifty visits with photos are sent whole and once through three kills of the server', { timeout: 600_000 }, async (t) => {
  const { items: [place] } = await server.api('rep1', 'GET', '/locations?mine=true&limit=1')
  const { items } = await server.api('rep1', 'GET', `/locations?limit=${VISITS}`)
  const places = [place, ...items.filter(({ id }) => id !== place.id)].slice(0, VISITS)
  const rep = await person(browser, server, { viewport: PHONE, locale: 'th-TH', at: { lat: place.lat, lng: place.lng, accuracy: 9 } })
  const { page } = rep
  await signIn(page, 'rep1')
  await kept(page)
  await rep.context.setOffline(true)
  await page.goto(`/check-in/${place.id}`)
  await hydrated(page)
  await page.locator('.notice[data-near=true]').waitFor()
  await page.locator('.actions button').click()
  await page.waitForURL(/\/visits\//)
  await page.locator('input[name=photo]').setInputFiles(photo())
  await page.locator('.picture img').waitFor()
  await page.getByRole('radio', { name: 'สั่งซื้อ', exact: true }).check({ force: true })
  await page.getByRole('button', { name: 'เช็กเอาต์' }).click()
  await page.locator('.done').waitFor()
  const ids = [new URL(page.url()).pathname.split('/').pop()]
  const others = places.slice(1).map((location) => ({ id: crypto.randomUUID(), location: location.id, photo: photo().buffer.toString('base64') }))
  ids.push(...others.map(({ id }) => id))
  await multiply(page, others)
  await page.goto('/queue')
  await page.locator('.queue-group').nth(VISITS - 1).waitFor()

  const visits = []
  const count = async () => {
    visits.length = 0
    // The hour of these visits may have begun before midnight.
    for (const back of [0, 1]) {
      const date = new Date(Date.now() + 7 * 3600e3 - back * 86400e3).toISOString().slice(0, 10)
      visits.push(...(await server.api('rep1', 'GET', `/visits?limit=500&date=${date}`)).items)
    }
    return visits.filter((visit) => ids.includes(visit.id)).length
  }
  const began = performance.now()
  await rep.context.setOffline(false)
  for (const at of KILLS) {
    while ((await count()) < at) await new Promise((done) => setTimeout(done, 20))
    await server.down('SIGKILL')
    await server.up()
  }
  await page.waitForFunction(() => document.querySelector('.empty'), undefined, { timeout: 300_000 })
  t.diagnostic(`${VISITS} visits with photos, three kills: ${((performance.now() - began) / 1000).toFixed(1)} s`)
  assert.equal(await count(), VISITS)
  const sent = visits.filter((visit) => ids.includes(visit.id))
  assert.equal(new Set(sent.map((visit) => visit.id)).size, VISITS)
  for (const visit of sent) assert.deepEqual([visit.outcome, visit.photos.length, visit.estimated], ['ordered', 1, false])
  assert.equal((await server.api('rep1', 'GET', '/visits?open=true')).items.length, 0)
  await rep.close()
})

// The product's main job: a rep checks in, and the manager's open map shows it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DESK, PHONE, Server, accessible, hydrated, launch, person, photo, root, signIn } from './support.mjs'

let server, browser, place

before(async () => {
  server = await Server.start()
  browser = await launch()
  const page = await server.api('rep1', 'GET', '/locations?near=13.7445,100.5230&limit=1')
  place = page.items[0]
})
after(async () => {
  await browser?.close()
  await server?.stop()
})

async function finishVisit(rep, outcome, out) {
  await rep.page.locator('input[name=photo]').setInputFiles(photo())
  await rep.page.locator('.picture img').waitFor()
  await rep.page.getByRole('radio', { name: outcome }).check({ force: true })
  await rep.page.locator('textarea[name=notes]').fill('ลูกค้าขอใบเสนอราคา')
  await rep.page.getByRole('button', { name: out }).click()
  await rep.page.locator('.done').waitFor()
}

test('a check-in on a phone appears on the open map within a second, without a reload', async () => {
  const manager = await person(browser, server, { viewport: DESK })
  await signIn(manager.page, 'manager1')
  await manager.page.locator('.link-state[data-live=true]').waitFor()
  const visits = manager.page.locator('.numbers .figure').first()
  const counted = Number(await visits.textContent())

  const rep = await person(browser, server, { viewport: PHONE, locale: 'th-TH', at: place })
  await signIn(rep.page, 'rep1')
  await rep.page.waitForURL(/\/today/)
  await rep.page.locator('a.button.primary', { hasText: 'เช็กอิน' }).click()
  const nearest = rep.page.locator('a.place').first()
  await nearest.waitFor()
  assert.match(await nearest.textContent(), new RegExp(place.name))
  const metres = await rep.page.locator('.row-distance').allTextContents()
  const inMetres = metres.map((t) => parseFloat(t) * (/กม/.test(t) ? 1000 : 1))
  assert.deepEqual(inMetres, [...inMetres].sort((a, b) => a - b), 'sorted by distance')
  await rep.page.screenshot({ path: `${root}/test-results/check-in-th-phone.png` })
  await accessible(rep.page, 'check-in list')

  await nearest.click()
  await rep.page.locator('.notice[data-near=true]').waitFor()
  await rep.page.getByRole('radio', { name: 'เก็บเงิน' }).check({ force: true })
  await accessible(rep.page, 'place')
  await rep.page.screenshot({ path: `${root}/test-results/place-th-phone.png` })
  await rep.page.locator('.actions button').click()
  const item = manager.page.locator('.feed-item').filter({ hasText: place.name }).first()
  await rep.page.waitForURL(/\/visits\//)
  const id = new URL(rep.page.url()).pathname.split('/').pop()
  await manager.page.locator(`[data-visit="${id}"]`).waitFor({ timeout: 1000 })
  assert.equal(Number(await visits.textContent()), counted + 1)
  const text = await item.textContent()
  assert.match(text, /เกศรา แสงทอง/)
  assert.match(text, /Verified/)
  assert.match(text, /from the pin/)

  await rep.page.screenshot({ path: `${root}/test-results/visit-th-phone.png`, fullPage: true })
  await accessible(rep.page, 'open visit')
  assert.ok(await rep.page.getByRole('button', { name: 'เช็กเอาต์' }).isDisabled(), 'no check-out without a photo')
  await finishVisit(rep, 'เก็บเงินแล้ว', 'เช็กเอาต์')
  await rep.page.screenshot({ path: `${root}/test-results/done-th-phone.png`, fullPage: true })
  await item.getByText('Collected').waitFor({ timeout: 1000 })

  await item.locator('.feed-row').click()
  await manager.page.locator('.peek .picture img').waitFor()
  await manager.page.locator('map-view .leaflet-marker-icon, map-view canvas').first().waitFor()
  await manager.page.screenshot({ path: `${root}/docs/screenshots/board.png` })
  await accessible(manager.page, 'board')

  const visit = await server.api('rep1', 'GET', `/visits/${id}`)
  assert.equal(visit.verdict, 'verified')
  assert.equal(visit.notes, 'ลูกค้าขอใบเสนอราคา')
  assert.equal(visit.outcome, 'collected')
  await rep.close()
  await manager.close()
})

test('a manager does not see the other team', async () => {
  const other = await person(browser, server, { viewport: DESK })
  await signIn(other.page, 'manager2')
  await other.page.locator('.link-state[data-live=true]').waitFor()
  assert.equal(await other.page.locator('.feed-item').filter({ hasText: 'เกศรา แสงทอง' }).count(), 0)
  await other.close()
})

test('the socket survives a restart: what happened meanwhile is there, once', async () => {
  const manager = await person(browser, server, { viewport: DESK })
  await signIn(manager.page, 'manager1')
  await manager.page.locator('.link-state[data-live=true]').waitFor()
  const counted = Number(await manager.page.locator('.numbers .figure').first().textContent())
  await server.down('SIGKILL')
  await manager.page.locator('.link-state[data-live=false]').waitFor()
  // Nobody reaches this page's server, but others go on working with the same data.
  const port = server.port
  await server.up()
  const ids = []
  for (const who of ['rep2', 'rep3']) {
    const id = crypto.randomUUID()
    const fix = { lat: place.lat, lng: place.lng, accuracy_m: 9, taken_at: new Date().toISOString() }
    await server.api(who, 'POST', '/visits', { id, location_id: place.id, purpose: 'survey', fix })
    ids.push(id)
  }
  assert.equal(server.port, port)
  await manager.page.locator('.link-state[data-live=true]').waitFor()
  for (const id of ids) await manager.page.locator(`[data-visit="${id}"]`).waitFor()
  assert.equal(Number(await manager.page.locator('.numbers .figure').first().textContent()), counted + 2)
  assert.equal(await manager.page.locator('.feed-item[data-visit]').evaluateAll((all) => new Set(all.map((e) => e.dataset.visit)).size === all.length), true)
  await manager.close()
})

test('without a position the rep is told, can search in Thai and English, and checks in unverifiable', async () => {
  const rep = await person(browser, server, { viewport: PHONE, locale: 'en-GB' })
  await signIn(rep.page, 'rep4')
  await rep.page.goto('/check-in')
  await rep.page.locator('.notice.warn').waitFor()
  const words = place.name.split(' ')
  await rep.page.getByRole('searchbox').fill(words[0].slice(0, 6))
  await rep.page.waitForURL(/q=/)
  await rep.page.locator('a.place').first().waitFor()
  await rep.page.screenshot({ path: `${root}/test-results/search-en-phone.png` })
  await rep.page.getByRole('searchbox').fill('no such shop anywhere')
  await rep.page.locator('.empty').waitFor()
  await rep.page.getByRole('searchbox').fill(place.name)
  await rep.page.getByRole('link', { name: place.name }).first().click()
  await rep.page.locator('.notice.warn').waitFor()
  await rep.page.locator('.actions button').click()
  await rep.page.waitForURL(/\/visits\//)
  await rep.page.locator('.badge[data-verdict=unverifiable]').waitFor()
  assert.match(await rep.page.locator('.reasons').textContent(), /gave no position/)
  await rep.page.goto('/check-in')
  await rep.page.locator('.open-visit').waitFor()
  await rep.page.screenshot({ path: `${root}/test-results/open-visit-en-phone.png` })
  await rep.close()
})

test('an answer that gets lost makes no second visit, and the rep goes on at once', async () => {
  const rep = await person(browser, server, { viewport: PHONE, locale: 'th-TH', at: { lat: place.lat + 0.0001, lng: place.lng, accuracy: 8 } })
  await signIn(rep.page, 'rep8')
  await rep.page.goto(`/check-in/${place.id}`)
  await hydrated(rep.page)
  await rep.page.locator('.notice[data-near=true]').waitFor()
  const before = (await server.api('rep8', 'GET', '/dashboard')).visits
  // The server gets it; the phone does not hear so.
  const lose = async (route) => {
    await route.fetch()
    await route.abort()
  }
  await rep.page.route('**/api/v1/visits', lose)
  await rep.page.locator('.actions button').click()
  await rep.page.waitForURL(/\/visits\//)
  await rep.page.locator('a.notice').waitFor()
  await rep.page.unroute('**/api/v1/visits')
  await rep.page.locator('input[name=photo]').setInputFiles(photo())
  await rep.page.locator('.picture img').waitFor()
  await rep.page.getByRole('radio', { name: 'สั่งซื้อ', exact: true }).check({ force: true })
  await rep.page.route('**/check-out', lose)
  await rep.page.getByRole('button', { name: 'เช็กเอาต์' }).click()
  await rep.page.locator('.done').waitFor()
  await rep.page.unroute('**/check-out')
  await rep.page.locator('.outbox-bar a').waitFor({ state: 'detached' })
  const day = await server.api('rep8', 'GET', '/dashboard')
  assert.deepEqual([day.visits, day.open_visit], [before + 1, null])
  await rep.close()
})

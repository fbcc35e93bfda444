// The manager's dashboard: numbers, map, feed and reps, each kept true while it is looked at.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DESK, PHONE, Server, accessible, hydrated, launch, person, photo, root, signIn } from './support.mjs'

const SMALL = { width: 1024, height: 768 }
let server, browser, place

before(async () => {
  server = await Server.start()
  browser = await launch()
  const { items } = await server.api('admin', 'GET', '/locations?limit=1')
  place = items[0]
})
after(async () => {
  await browser?.close()
  await server?.stop()
})

async function manager(where = '/board', options = {}) {
  const who = await person(browser, server, { viewport: DESK, ...options })
  await signIn(who.page, options.as ?? 'manager1')
  await who.page.goto(where)
  await hydrated(who.page)
  await who.page.locator('.link-state[data-live=true]').waitFor()
  await who.page.locator('.map-cover').waitFor({ state: 'detached' })
  return who
}

let steps = 0
/** A check-in some metres beside the place, never at the same point twice. */
async function checkIn(who, at = place, metres = 5) {
  const id = crypto.randomUUID()
  const lat = at.lat + (metres + ++steps / 100) / 111_195
  const fix = { lat, lng: at.lng, accuracy_m: 9, taken_at: new Date().toISOString() }
  const open = (await server.api(who, 'GET', '/visits?open=true&limit=1')).items[0]
  if (open) await finish(who, open.id)
  await server.api(who, 'POST', '/visits', { id, location_id: at.id, purpose: 'survey', fix })
  return id
}

async function finish(who, id) {
  const { buffer } = photo()
  const token = await server.token(who)
  const put = await fetch(`${server.base}/api/v1/visits/${id}/photo`, { method: 'PUT', headers: { authorization: `Bearer ${token}` }, body: buffer })
  assert.equal(put.status, 200)
  await server.api(who, 'POST', `/visits/${id}/check-out`, { outcome: 'ordered' })
}

const figure = async (page, n) => Number((await page.locator('.day-numbers .figure').nth(n).textContent()).split('/')[0].replaceAll(',', ''))

test('what happens in the field and the office shows at once: numbers, hours, feed', async () => {
  const { page, close } = await manager()
  const [visits, customers, urgent] = [await figure(page, 0), await figure(page, 2), await figure(page, 3)]
  const hours = async () => (await page.locator('.hours title').allTextContents()).map((t) => Number(t.split('·').pop())).reduce((a, b) => a + b, 0)
  const before = await hours()
  const id = await checkIn('rep1')
  await page.locator(`.feed-item[data-visit="${id}"]`).waitFor()
  assert.equal(await figure(page, 0), visits + 1)
  assert.equal(await hours(), before + 1)

  const { items: [rep] } = await server.api('manager1', 'GET', '/employees?role=rep&limit=1')
  const task = { id: crypto.randomUUID(), title: 'เก็บเช็คสิ้นเดือน', assignee_id: rep.id, priority: 'urgent' }
  await server.api('manager1', 'POST', '/tasks', task)
  await page.locator('.feed-item', { hasText: task.title }).waitFor()
  assert.equal(await figure(page, 3), urgent + 1)
  await server.api('manager1', 'POST', `/tasks/${task.id}/status`, { status: 'cancelled' })
  await page.locator('.feed-item', { hasText: 'was cancelled' }).first().waitFor()
  assert.equal(await figure(page, 3), urgent)

  await server.api('rep1', 'POST', '/locations', { id: crypto.randomUUID(), name: 'ร้านเปิดใหม่', lat: place.lat + 0.01, lng: place.lng })
  await page.locator('.feed-item', { hasText: 'ร้านเปิดใหม่' }).waitFor()
  await page.waitForFunction((n) => Number(document.querySelectorAll('.day-numbers .figure')[2].textContent) === n, customers + 1)
  await close()
})

test('who reads further down is not moved: new lines wait until they are asked for, older ones are loaded', async () => {
  const { page, close } = await manager()
  const feed = page.locator('.feed')
  await feed.evaluate((el) => { el.scrollTop = 600 })
  await page.waitForTimeout(300)
  const read = await page.evaluate(() => {
    const feed = document.querySelector('.feed').getBoundingClientRect()
    const line = [...document.querySelectorAll('.feed-item')].find((el) => el.getBoundingClientRect().top > feed.top + 60)
    line.id = 'being-read'
    return line.getBoundingClientRect().top
  })
  const id = await checkIn('rep2')
  const pill = page.getByRole('button', { name: /new line/ })
  await pill.waitFor()
  assert.equal(await page.locator(`.feed-item[data-visit="${id}"]`).count(), 0)
  const now = await page.evaluate(() => document.getElementById('being-read').getBoundingClientRect().top)
  assert.ok(Math.abs(now - read) < 1, `what is read moved from ${read} to ${now}`)
  await pill.click()
  await page.locator(`.feed-item[data-visit="${id}"]`).waitFor()
  assert.ok(await page.locator(`.feed-item[data-visit="${id}"]`).evaluate((el) => el.getBoundingClientRect().top < innerHeight))

  const lines = await page.locator('.feed-item').count()
  await page.getByRole('button', { name: 'Load older' }).click()
  await page.waitForFunction((n) => document.querySelectorAll('.feed-item').length > n + 20, lines)
  assert.ok(await page.locator('.feed-day').count() > 0, 'earlier days have their date above them')

  await page.locator('select[name=show]').selectOption('tasks')
  await page.waitForURL(/show=tasks/)
  await page.waitForFunction(() => !document.querySelector('.feed-item[data-visit]'))
  await page.reload()
  await page.locator('.feed-item').first().waitFor()
  assert.equal(await page.locator('.feed-item[data-visit]').count(), 0, 'the address says what is shown')
  await close()
})

test('the map is kept to a verdict, a pin opens the visit with its photo, and a rep leaves a trail', async () => {
  const { page, close } = await manager()
  const id = await checkIn('rep4', place, 400)
  await finish('rep4', id)
  await page.locator(`.feed-item[data-visit="${id}"] .feed-row`).click()
  const peek = page.getByRole('dialog', { name: 'Open visit' })
  await peek.locator('.picture img').waitFor()
  assert.match(await peek.textContent(), /Out of range/)
  await page.locator('.map-pin--selected.map-pin--out_of_range').waitFor()
  await page.screenshot({ path: `${root}/test-results/board-peek-en-desk.png` })
  await accessible(page, 'board with a visit open')
  await page.keyboard.press('Escape')
  await peek.waitFor({ state: 'detached' })

  const pins = () => page.locator('map-view').evaluate((map) => [...map.points.points.values()].map((p) => p.verdict))
  await page.locator('select[name=verdict]').selectOption('out_of_range')
  await page.waitForURL(/verdict=out_of_range/)
  await page.waitForFunction(() => [...document.querySelector('map-view').points.points.values()].every((p) => p.verdict === 'out_of_range'))
  assert.ok((await pins()).length >= 1)
  await page.locator('.map-note').waitFor()
  const other = await checkIn('rep2')
  await page.locator(`.feed-item[data-visit="${other}"]`).waitFor()
  assert.ok((await pins()).every((verdict) => verdict === 'out_of_range'), 'a new pin of another verdict stays out')

  await page.locator('select[name=verdict]').selectOption('')
  await page.getByRole('link', { name: 'Reps' }).click()
  await page.locator('.reps .feed-row', { hasText: 'เกศรา แสงทอง' }).click()
  await page.waitForURL(/rep=/)
  await page.locator('.map-view__stop').first().waitFor()
  const stops = await page.locator('.map-view__stop').count()
  assert.equal(await figure(page, 0), stops, 'the whole board is about that rep')
  const next = await checkIn('rep1')
  await page.waitForFunction((n) => document.querySelectorAll('.map-view__stop').length === n, stops + 1)
  await checkIn('rep2')
  assert.equal(await figure(page, 0), stops + 1)
  await page.screenshot({ path: `${root}/test-results/board-trail-en-desk.png` })
  await page.getByRole('link', { name: 'All reps' }).click()
  await page.waitForFunction(() => !document.querySelector('.map-view__stop'))
  assert.ok(next)
  await close()
})

test('a rep whose device is heard of is live, with since when for the others', async () => {
  const rep = await person(browser, server, { viewport: PHONE })
  await signIn(rep.page, 'rep3')
  const { page, close } = await manager('/board?show=reps', { as: 'admin' })
  const row = (name) => page.locator('.reps .feed-item', { hasText: name })
  const { name } = await server.api('rep3', 'GET', '/me')
  await row(name).locator('.presence[data-presence=live]').waitFor({ timeout: 45_000 })
  const silent = page.locator('.presence[data-presence=offline]')
  assert.ok(await silent.count() > 0)
  await page.getByRole('searchbox').fill(name.slice(0, 4))
  await page.waitForFunction(() => document.querySelectorAll('.reps .feed-item').length === 1)
  await accessible(page, 'reps of the day')
  await page.screenshot({ path: `${root}/test-results/board-reps-en-desk.png` })
  await rep.close()
  await close()
})

test('two boards at once and one that was offline agree in the end', async () => {
  const [here, there] = [await manager(), await manager()]
  await there.context.setOffline(true)
  const ids = []
  for (const who of ['rep1', 'rep2', 'rep1', 'rep2', 'rep1']) ids.push(await checkIn(who))
  await here.page.locator(`.feed-item[data-visit="${ids.at(-1)}"]`).waitFor()
  await there.context.setOffline(false)
  await there.page.locator(`.feed-item[data-visit="${ids.at(-1)}"]`).waitFor({ timeout: 60_000 })
  for (const n of [0, 1, 2, 3]) assert.equal(await figure(there.page, n), await figure(here.page, n), `number ${n}`)
  const pins = ({ page }) => page.locator('map-view').evaluate((map) => [...map.points.points.keys()].sort())
  assert.deepEqual(await pins(there), await pins(here))
  const lines = ({ page }) => page.locator('.feed-item[data-visit]').evaluateAll((all) => all.slice(0, 20).map((el) => el.dataset.visit))
  assert.deepEqual(await lines(there), await lines(here))
  await here.close()
  await there.close()
})

test('the board fits a phone, a small and a large screen, in both languages', async () => {
  for (const locale of ['th-TH', 'en-GB']) {
    for (const [size, viewport] of [['phone', PHONE], ['small', SMALL], ['desk', DESK]]) {
      const { page, close } = await manager('/board', { viewport, locale })
      await page.locator('map-view canvas').first().waitFor()
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      assert.ok(wide <= 0, `${size} scrolls sideways by ${wide}`)
      await page.screenshot({ path: `${root}/test-results/board-day-${locale}-${size}.png`, fullPage: size === 'phone' })
      await accessible(page, `board ${locale} ${size}`)
      await close()
    }
  }
})

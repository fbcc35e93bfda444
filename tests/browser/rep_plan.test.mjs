// The rep's plan of the day, the lists an admin edits, and the picture of oneself.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DESK, PHONE, Server, accessible, hydrated, launch, person, photo, root, signIn } from './support.mjs'

let server, browser

before(async () => {
  server = await Server.start()
  browser = await launch()
})
after(async () => {
  await browser?.close()
  await server?.stop()
})

const EARTH_M = 6_371_008.8
const rad = (degrees) => (degrees * Math.PI) / 180
function metres(a, b) {
  const h = Math.sin(rad(b.lat - a.lat) / 2) ** 2 + Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin(rad(b.lng - a.lng) / 2) ** 2
  return 2 * EARTH_M * Math.asin(Math.sqrt(h))
}
const way = (points) => points.slice(1).reduce((sum, point, at) => sum + metres(points[at], point), 0)
const permutations = (all) => (all.length < 2 ? [all] : all.flatMap((one, at) => permutations(all.toSpliced(at, 1)).map((rest) => [one, ...rest])))

/** Waits for the answer to what is changed. */
const saved = (page, change) => Promise.all([page.waitForResponse((answer) => !['GET', 'HEAD'].includes(answer.request().method())), change()])
/** Fluent sets a name apart by invisible marks. */
const button = (page, verb, name) => page.getByRole('button', { name: new RegExp(`^${verb}: .?${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}.?$`) })
const stops = (page) => page.locator('ol.stops .stop strong').allTextContents()
const planned = async (who) => (await server.api(who, 'GET', '/plan')).stops.map((stop) => stop.location.name)

test('a rep chooses stops, gets the shortest way, changes it by hand, and sees how far the day is', async () => {
  // Everybody who was not visited since yesterday.
  const every = { a: 1, b: 1, c: 1, other: 1 }
  await server.api('admin', 'PUT', '/organisation', { visit_target: 8, calendar: 'gregorian', visit_every_days: every })
  const { overdue } = await server.api('rep1', 'GET', '/plan')
  assert.ok(overdue.length >= 5, `only ${overdue.length} overdue`)
  const here = { lat: overdue[0].location.lat, lng: overdue[0].location.lng }
  const rep = await person(browser, server, { viewport: PHONE, locale: 'th-TH', at: { ...here, accuracy: 9 } })
  const { page } = rep
  await signIn(page, 'rep1')
  await page.locator('.plan-card .row').first().click()
  await page.waitForURL(/\/plan/)
  await page.locator('.empty').first().waitFor()
  await accessible(page, 'plan without stops')
  await page.screenshot({ path: `${root}/test-results/plan-empty-th-phone.png`, fullPage: true })
  assert.deepEqual(await page.locator('ul.stops .stop strong').allTextContents(), overdue.map(({ location }) => location.name))
  for (const { location } of overdue.slice(0, 5).reverse()) {
    await button(page, 'เพิ่ม', location.name).click()
    await page.locator('ol.stops .stop', { hasText: location.name }).waitFor()
  }
  await saved(page, () => page.getByRole('button', { name: 'ทางสั้นที่สุด' }).click())
  const five = overdue.slice(0, 5).map(({ location }) => location)
  const shortest = Math.min(...permutations(five).map((order) => way([here, ...order])))
  await page.waitForFunction((first) => document.querySelector('ol.stops .stop strong').textContent === first, five[0].name)
  const order = await stops(page)
  const found = way([here, ...order.map((name) => five.find((location) => location.name === name))])
  assert.ok(found <= shortest * 1.25 + 1, `${found} m where ${shortest} m will do`)
  assert.deepEqual(await planned('rep1'), order)

  await button(page, 'เลื่อนลง', order[0]).click()
  const swapped = [order[1], order[0], ...order.slice(2)]
  assert.deepEqual(await stops(page), swapped)
  await saved(page, () => button(page, 'เอาออก', swapped[4]).click())
  assert.deepEqual(await planned('rep1'), swapped.slice(0, 4))
  await accessible(page, 'plan')
  await page.screenshot({ path: `${root}/test-results/plan-th-phone.png`, fullPage: true })
  await page.reload()
  await hydrated(page)
  assert.deepEqual(await stops(page), swapped.slice(0, 4))

  // What the server refuses is taken back and told.
  await page.route('**/api/v1/plan*', (route) => (route.request().method() === 'PUT' ? route.abort() : route.continue()))
  await button(page, 'เอาออก', swapped[0]).click()
  await page.locator('.toast[data-bad=true]').waitFor()
  assert.deepEqual(await stops(page), swapped.slice(0, 4))
  await page.unroute('**/api/v1/plan*')

  await page.goto('/today')
  await hydrated(page)
  assert.match(await page.locator('.plan-card').textContent(), /0.? จาก .?4/)
  const first = five.find((location) => location.name === swapped[0])
  const fix = { lat: first.lat, lng: first.lng, accuracy_m: 9, taken_at: new Date().toISOString() }
  await server.api('rep1', 'POST', '/visits', { id: crypto.randomUUID(), location_id: first.id, purpose: 'offer', fix })
  await page.waitForFunction((next) => document.querySelector('.plan-card').textContent.includes(next), swapped[1])
  assert.match(await page.locator('.plan-card').textContent(), /1.? จาก .?4/)
  await accessible(page, 'today with a plan')
  await page.screenshot({ path: `${root}/docs/screenshots/today.png` })
  await page.locator('.plan-card .row').first().click()
  await page.locator('.stop[data-visited=true]', { hasText: swapped[0] }).waitFor()
  await rep.close()
})

test('an admin says how often customers are visited, and the overdue list follows', async () => {
  const admin = await person(browser, server, { viewport: DESK })
  await signIn(admin.page, 'admin')
  await admin.page.goto('/settings')
  await hydrated(admin.page)
  const grade = admin.page.getByLabel('Grade A')
  await grade.fill('0')
  await admin.page.getByRole('button', { name: 'Save' }).click()
  await admin.page.locator('.error').waitFor()
  for (const name of ['Grade A', 'Grade B', 'Grade C', 'Grade D', 'Ungraded']) await admin.page.getByLabel(name).fill('365')
  await accessible(admin.page, 'settings')
  await admin.page.screenshot({ path: `${root}/test-results/settings-en-desk.png` })
  await saved(admin.page, () => admin.page.getByRole('button', { name: 'Save' }).click())
  assert.deepEqual((await server.api('admin', 'GET', '/me')).organisation.visit_every_days, { a: 365, b: 365, c: 365, d: 365, other: 365 })
  const { overdue } = await server.api('rep2', 'GET', '/plan')
  assert.ok(overdue.every((customer) => customer.last_visit === null))
  await admin.close()
})

test('an admin edits purposes and outcomes, and reps choose among them', async () => {
  const admin = await person(browser, server, { viewport: DESK })
  const { page } = admin
  await signIn(page, 'admin')
  await page.goto('/settings')
  await hydrated(page)
  await page.getByRole('link', { name: /Purposes and outcomes/ }).click()
  const purposes = page.getByRole('region', { name: 'Purpose' })
  await purposes.getByRole('textbox', { name: 'Offer goods' }).fill('เสนอโปรโมชัน')
  await purposes.getByRole('checkbox', { name: /Survey/ }).uncheck()
  await purposes.getByRole('button', { name: 'Add another' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await purposes.locator('.error').waitFor()
  await purposes.getByRole('textbox', { name: 'Name' }).fill('ตรวจสต็อก')
  await accessible(page, 'choices')
  await page.screenshot({ path: `${root}/test-results/choices-en-desk.png` })
  await page.getByRole('button', { name: 'Save' }).click()
  await page.waitForURL(/\/settings$/)
  const choices = await server.api('rep3', 'GET', '/choices')
  assert.deepEqual(choices.purposes.filter((choice) => choice.active).map((choice) => choice.name), ['เสนอโปรโมชัน', null, null, null, null, 'ตรวจสต็อก'])
  assert.equal(choices.purposes.at(-1).code, 'survey')

  const mine = (await server.api('rep3', 'GET', '/locations?mine=true&limit=1')).items[0]
  const rep = await person(browser, server, { viewport: PHONE, locale: 'th-TH', at: { lat: mine.lat, lng: mine.lng, accuracy: 9 } })
  await signIn(rep.page, 'rep3')
  await rep.page.goto(`/check-in/${mine.id}`)
  await hydrated(rep.page)
  assert.equal(await rep.page.getByRole('radio', { name: 'สำรวจ' }).count(), 0)
  await rep.page.getByRole('radio', { name: 'ตรวจสต็อก' }).check({ force: true })
  await rep.page.locator('.actions button').click()
  await rep.page.waitForURL(/\/visits\//)
  await rep.page.getByText('ตรวจสต็อก').waitFor()
  await rep.close()
  await admin.close()
})

test('a rep has a picture, cut square, for everybody who sees the name', async () => {
  const rep = await person(browser, server, { viewport: PHONE, locale: 'th-TH' })
  const { page } = rep
  await signIn(page, 'rep4')
  await page.goto('/me')
  await hydrated(page)
  await page.getByLabel('เปลี่ยนรูป').setInputFiles(photo())
  await page.waitForFunction(() => document.querySelector('.portrait .avatar img')?.naturalWidth === 256)
  assert.equal(await page.evaluate(() => document.querySelector('.portrait .avatar img').naturalHeight), 256)
  await accessible(page, 'profile with a picture')
  await page.screenshot({ path: `${root}/test-results/avatar-th-phone.png` })
  await page.goto('/today')
  await page.locator('.topbar .avatar img').waitFor()
  await page.goto('/me')
  await hydrated(page)
  await saved(page, () => page.getByRole('button', { name: 'ลบรูป' }).click())
  await page.locator('.portrait .avatar', { hasText: /./ }).waitFor()
  assert.equal((await server.api('rep4', 'GET', '/me')).avatar, undefined)
  await rep.close()
})

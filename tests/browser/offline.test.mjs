// A rep's phone loses signal in the middle of things and finds it again: one visit, whole.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import { PHONE, Server, accessible, hydrated, kept, launch, person, photo, root, signIn } from './support.mjs'

let server, browser, place

before(async () => {
  server = await Server.start()
  browser = await launch()
  place = (await server.api('rep1', 'GET', '/locations?mine=true&limit=1')).items[0]
})
after(async () => {
  await browser?.close()
  await server?.stop()
})

/** A rep on a phone that has kept everything it needs without signal. */
async function ready(who) {
  const mine = (await server.api(who, 'GET', '/locations?mine=true&limit=1')).items[0]
  const rep = await person(browser, server, { viewport: PHONE, locale: 'th-TH', at: { lat: mine.lat + 0.0001, lng: mine.lng, accuracy: 9 } })
  // A fix is as old as the phone's clock says, also when a test has set that.
  await rep.context.addInitScript(() => {
    const { geolocation } = navigator
    const measure = geolocation.getCurrentPosition.bind(geolocation)
    geolocation.getCurrentPosition = (found, ...more) => measure(({ coords }) => found({ coords, timestamp: Date.now() }), ...more)
  })
  await signIn(rep.page, who)
  await kept(rep.page)
  return Object.assign(rep, { place: mine })
}

/** So long ago, by the phone's clock; its timers run as before. */
const ago = (page, minutes) => page.clock.setFixedTime(Date.now() - minutes * 60_000)
const dateThen = (minutes) => new Date(Date.now() + 7 * 3600e3 - minutes * 60_000).toISOString().slice(0, 10)

async function checkIn(page, place) {
  await page.goto(`/check-in/${place.id}`)
  await hydrated(page)
  await page.locator('.notice[data-near=true]').waitFor()
  await page.locator('.actions button').click()
  await page.waitForURL(/\/visits\//)
  return new URL(page.url()).pathname.split('/').pop()
}

async function takePhoto(page) {
  const picture = photo()
  await page.locator('input[name=photo]').setInputFiles(picture)
  await page.locator('.picture img').waitFor()
  // It is seen, whether it was sent or not.
  await page.waitForFunction(() => document.querySelector('.picture img').naturalWidth > 0)
  return createHash('sha256').update(picture.buffer).digest('hex')
}

async function checkOut(page) {
  await page.getByRole('radio', { name: 'สั่งซื้อ', exact: true }).check({ force: true })
  await page.locator('textarea[name=notes]').fill('คุยที่โกดัง ไม่มีสัญญาณ')
  await page.getByRole('button', { name: 'เช็กเอาต์' }).click()
  await page.locator('.done').waitFor()
}

const sent = (page) => page.waitForFunction(() => !document.querySelector('.outbox-bar a'), undefined, { timeout: 20_000 })

async function whole(who, id, sha256) {
  const visit = await server.api(who, 'GET', `/visits/${id}`)
  assert.deepEqual([visit.outcome, visit.notes, visit.photos.map((p) => p.sha256)], ['ordered', 'คุยที่โกดัง ไม่มีสัญญาณ', [sha256]])
  // By its own date: the clock may have struck midnight on the way.
  const { items } = await server.api(who, 'GET', `/visits?date=${visit.business_date}&limit=500`)
  assert.deepEqual(items.filter(({ notes }) => notes === visit.notes).map((one) => one.id), [id])
  assert.equal((await server.api(who, 'GET', '/dashboard')).open_visit, null)
  return visit
}

test('without signal the app opens, knows customers and tasks, and keeps a whole visit until there is signal', async () => {
  const rep = await ready('rep1')
  const { page } = rep
  const day = await server.api('rep1', 'GET', '/dashboard')
  await rep.context.setOffline(true)
  await page.goto('/')
  await page.waitForURL(/\/today/)
  await page.locator('.outbox-bar a').waitFor()
  assert.match(await page.locator('.day-progress').textContent(), new RegExp(`^${day.visits}จาก`))
  assert.deepEqual(await page.locator('.section .row strong').allTextContents(), day.tasks.map((task) => task.title))
  await page.screenshot({ path: `${root}/test-results/offline-today-th-phone.png` })
  await accessible(page, 'today without signal')
  await page.getByRole('link', { name: 'ลูกค้า' }).click()
  await page.locator('.rows .row').first().waitFor()
  await page.goto(`/customers/${rep.place.id}`)
  await page.getByRole('heading', { name: rep.place.name }).waitFor()
  await page.goto('/check-in')
  await page.locator('a.place', { hasText: rep.place.name }).first().waitFor()

  await ago(page, 25)
  const counts = day.visits + (dateThen(25) === day.date ? 1 : 0)
  const id = await checkIn(page, rep.place)
  await page.locator('a.notice', { hasText: 'บันทึกไว้ในเครื่อง' }).waitFor()
  const sha256 = await takePhoto(page)
  await page.screenshot({ path: `${root}/test-results/offline-visit-th-phone.png`, fullPage: true })
  // The app is closed and opened again in between.
  await page.goto('/today')
  await page.locator('.open-visit').click()
  await page.waitForFunction(() => document.querySelector('.picture img')?.naturalWidth > 0)
  await checkOut(page)
  await page.goto('/queue')
  await page.locator('.queue-item').nth(2).waitFor()
  assert.deepEqual(await page.locator('.queue-item strong').allTextContents(), ['เช็กอิน', 'รูปถ่าย', 'เช็กเอาต์'])
  await page.screenshot({ path: `${root}/test-results/queue-th-phone.png` })
  await accessible(page, 'queue')
  await page.goto('/visits')
  await page.locator(`a[href="/visits/${id}"]`).waitFor()
  await page.goto('/today')
  await page.waitForFunction((count) => document.querySelector('.day-progress strong')?.textContent === String(count), counts)

  await ago(page, 0)
  await rep.context.setOffline(false)
  await sent(page)
  const visit = await whole('rep1', id, sha256)
  assert.deepEqual([visit.verdict, visit.reasons], ['verified', []])
  assert.equal(visit.evidence.offline, true, 'its evidence says that it came late')
  assert.ok(Date.parse(visit.evidence.received_at) - Date.parse(visit.checked_in_at) > 20 * 60_000, 'both times are kept')
  await page.goto(`/visits/${id}`)
  await page.locator('.judged summary').click()
  await page.getByText('ได้รับเมื่อ').waitFor()
  await rep.close()
})

for (const [when, who] of [['check-in', 'rep2'], ['photo', 'rep3'], ['check-out', 'rep5']]) {
  test(`signal lost in the middle of the ${when} and found afterwards makes one visit, whole`, async () => {
    const rep = await ready(who)
    const { page } = rep
    // The server gets the command and the phone never hears so.
    const lose = async (route) => {
      await route.fetch().catch(() => {})
      await rep.context.setOffline(true)
      await route.abort()
    }
    const losing = async (step, address) => {
      if (step === when) await page.route(address, lose, { times: 1 })
    }
    await losing('check-in', '**/api/v1/visits')
    const id = await checkIn(page, rep.place)
    await losing('photo', '**/photo')
    const sha256 = await takePhoto(page)
    await losing('check-out', '**/check-out')
    await checkOut(page)
    await page.locator('.outbox-bar a').waitFor()
    await rep.context.setOffline(false)
    await sent(page)
    await whole(who, id, sha256)
    await rep.close()
  })
}

test('a task is completed without signal, with its photo', async () => {
  const rep = await ready('rep6')
  const { page } = rep
  const { items: [task] } = await server.api('rep6', 'GET', '/tasks?state=open&limit=1')
  await rep.context.setOffline(true)
  await page.goto(`/tasks/${task.id}`)
  await hydrated(page)
  const begin = page.getByRole('button', { name: 'เริ่มงาน' })
  if (task.status === 'todo') await begin.click()
  await page.locator('textarea[name=comment]').fill('เสร็จแล้ว')
  const sha256 = await takePhoto(page)
  await page.getByRole('button', { name: 'ทำเสร็จแล้ว' }).click()
  await page.locator('.badge.status[data-status=completed]').waitFor()
  await page.goto('/tasks')
  await page.locator('.page-head').waitFor()
  await page.waitForFunction((title) => ![...document.querySelectorAll('.rows .row strong')].some((e) => e.textContent === title), task.title)
  await rep.context.setOffline(false)
  await sent(page)
  const done = await server.api('rep6', 'GET', `/tasks/${task.id}`)
  assert.deepEqual([done.status, done.comment, done.photo.sha256], ['completed', 'เสร็จแล้ว', sha256])
  await rep.close()
})

test('what the server refuses stays with its reason until the rep tries again or discards it', async () => {
  const rep = await ready('rep7')
  const { page } = rep
  await rep.context.setOffline(true)
  const id = await checkIn(page, rep.place)
  const sha256 = await takePhoto(page)
  await checkOut(page)
  // Meanwhile another phone of the same rep opened a visit.
  const other = crypto.randomUUID()
  await server.api('rep7', 'POST', '/visits', { id: other, location_id: rep.place.id, purpose: 'survey', fix: null })
  await page.goto('/queue')
  await rep.context.setOffline(false)
  await page.locator('.queue-item .error').waitFor()
  await page.screenshot({ path: `${root}/test-results/queue-refused-th-phone.png` })
  await accessible(page, 'queue with a refusal')
  await page.getByRole('button', { name: 'ลองอีกครั้ง' }).click()
  await page.locator('.queue-item .error').waitFor()
  assert.equal(await page.locator('.queue-item').count(), 3, 'nothing is lost by trying')
  await page.locator('.queue-item').first().getByRole('button', { name: 'ทิ้ง' }).click()
  await page.getByRole('alert').getByRole('button', { name: 'เก็บไว้' }).click()
  const token = await server.token('rep7')
  await fetch(`${server.base}/api/v1/visits/${other}/photo`, { method: 'PUT', headers: { authorization: `Bearer ${token}` }, body: photo().buffer })
  await server.api('rep7', 'POST', `/visits/${other}/check-out`, { outcome: 'absent' })
  await page.getByRole('button', { name: 'ลองอีกครั้ง' }).click()
  await page.locator('.empty').waitFor()
  await whole('rep7', id, sha256)

  // Discarding a check-in takes what follows it along, after asking.
  await rep.context.setOffline(true)
  const unwanted = await checkIn(page, rep.place)
  await takePhoto(page)
  await page.goto('/queue')
  await page.locator('.queue-item').first().getByRole('button', { name: 'ทิ้ง' }).click()
  await page.getByRole('alert').getByRole('button', { name: 'ทิ้ง' }).click()
  await page.locator('.empty').waitFor()
  await rep.context.setOffline(false)
  const answer = await fetch(`${server.base}/api/v1/visits/${unwanted}`, { headers: { authorization: `Bearer ${token}` } })
  assert.equal(answer.status, 404)
  await rep.close()
})

test('what one rep left unsent waits for that rep, whoever uses the phone in between', async () => {
  const rep = await ready('rep8')
  const { page } = rep
  const { visits } = await server.api('rep8', 'GET', '/dashboard')
  await rep.context.setOffline(true)
  const id = await checkIn(page, rep.place)
  // Only the commands are held up: the rest of the way is free.
  await page.route('**/api/v1/visits', (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()))
  await rep.context.setOffline(false)
  await page.getByRole('button', { name: 'ออกจากระบบ' }).click()
  await page.getByRole('button', { name: 'อยู่ต่อ' }).click()
  await page.getByRole('button', { name: 'ออกจากระบบ' }).click()
  await page.locator('.leaving').getByRole('button', { name: 'ออกจากระบบ' }).click()
  await page.waitForURL(/\/sign-in/)
  await page.unroute('**/api/v1/visits')
  await signIn(page, 'rep4')
  await kept(page)
  await page.goto('/queue')
  await page.locator('.empty').waitFor()
  assert.equal((await server.api('rep4', 'GET', '/visits?open=true')).items.length, 0)
  await page.getByRole('button', { name: 'ออกจากระบบ' }).click()
  await page.waitForURL(/\/sign-in/)
  await signIn(page, 'rep8')
  let day
  for (let attempt = 0; attempt < 100 && !day?.open_visit; attempt++) {
    await page.waitForTimeout(100)
    day = await server.api('rep8', 'GET', '/dashboard')
  }
  assert.deepEqual([day.visits, day.open_visit?.id], [visits + 1, id])
  await rep.close()
})

test('the web app can be installed', async () => {
  const rep = await ready('rep1')
  const client = await rep.context.newCDPSession(rep.page)
  const { installabilityErrors } = await client.send('Page.getInstallabilityErrors')
  // A private window is told apart from a fault of ours.
  assert.deepEqual(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito'), [])
  const { data, errors } = await client.send('Page.getAppManifest')
  assert.deepEqual(errors, [])
  const manifest = JSON.parse(data)
  assert.equal(manifest.display, 'standalone')
  for (const icon of manifest.icons) assert.equal((await fetch(server.base + icon.src)).headers.get('content-type'), 'image/png')
  await rep.close()
})

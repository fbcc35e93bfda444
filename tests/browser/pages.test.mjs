// Pages around the main job: signing in, set-up, lists, import, languages.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { DESK, PHONE, PASSWORD, Server, accessible, hydrated, launch, person, root, signIn, someDay } from './support.mjs'

let server, browser

before(async () => {
  server = await Server.start()
  browser = await launch()
})
after(async () => {
  await browser?.close()
  await server?.stop()
})

test('the first paint is rendered on the server, under a strict policy', async () => {
  const answer = await fetch(`${server.base}/sign-in`, { headers: { 'accept-language': 'th' } })
  const html = await answer.text()
  assert.match(html, /เข้าสู่ระบบ/)
  assert.match(html, /lang="th"/)
  const policy = answer.headers.get('content-security-policy')
  assert.match(policy, /default-src 'none'/)
  assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'/)
  const board = await fetch(`${server.base}/board?date=2026-01-02`, { redirect: 'manual' })
  assert.equal(board.status, 303)
  assert.equal(board.headers.get('location'), '/sign-in?next=/board%3Fdate%3D2026-01-02')
})

test('a wrong password is said plainly, and signing in leads to the page that was asked for', async () => {
  const who = await person(browser, server, { viewport: PHONE })
  await who.page.goto('/visits')
  await who.page.waitForURL(/sign-in/)
  await hydrated(who.page)
  await who.page.screenshot({ path: `${root}/test-results/sign-in-en-phone.png` })
  await accessible(who.page, 'sign-in')
  await who.page.locator('input[name=email]').fill('rep1@ekenko.test')
  await who.page.locator('input[name=password]').fill('wrong')
  await who.page.locator('form button[type=submit]').click()
  await who.page.getByRole('alert').waitFor()
  assert.match(await who.page.getByRole('alert').textContent(), /wrong/)
  await who.page.locator('input[name=password]').fill(PASSWORD)
  await who.page.locator('input[name=password]').press('Enter')
  await who.page.waitForURL(/\/visits/)
  await who.page.getByRole('button', { name: 'Sign out' }).click()
  await who.page.waitForURL(/sign-in/)
  await who.page.goto('/visits')
  await who.page.waitForURL(/sign-in/)
  await who.close()
})

test('a day has its own address: past boards and lists, in both languages and sizes', async () => {
  const date = await someDay(server)
  for (const [viewport, size] of [[PHONE, 'phone'], [DESK, 'desk']]) {
    for (const locale of ['en-GB', 'th-TH']) {
      const who = await person(browser, server, { viewport, locale })
      await signIn(who.page, 'admin')
      await who.page.goto(`/board?date=${date}`)
      await hydrated(who.page)
      await who.page.locator('.feed-item').first().waitFor()
      await who.page.locator('.map-cover').waitFor({ state: 'detached' })
      await who.page.locator('map-view .leaflet-pane').first().waitFor({ state: 'attached' })
      await who.page.screenshot({ path: `${root}/test-results/board-${locale}-${size}.png` })
      await accessible(who.page, `board ${size}`)
      await who.page.goto(`/visits?date=${date}`)
      await who.page.locator('.row').first().waitFor()
      await who.page.screenshot({ path: `${root}/test-results/visits-${locale}-${size}.png` })
      await accessible(who.page, `visits ${size}`)
      const overflow = await who.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      assert.ok(overflow <= 0, `the page is ${overflow} px too wide`)
      await who.close()
    }
  }
})

test('the language is switched at a press and kept', async () => {
  const who = await person(browser, server, { viewport: DESK, locale: 'en-GB' })
  await signIn(who.page, 'manager1')
  await hydrated(who.page)
  await who.page.getByRole('button', { name: 'ไทย' }).click()
  await who.page.getByRole('link', { name: 'กิจกรรม', exact: true }).waitFor()
  await who.page.reload()
  await who.page.getByRole('link', { name: 'กิจกรรม', exact: true }).waitFor()
  await who.close()
})

test('customers come from a CSV: looked at first, every bad row told, then kept', async () => {
  const who = await person(browser, server, { viewport: DESK })
  await signIn(who.page, 'manager1')
  await who.page.goto('/customers')
  await hydrated(who.page)
  await who.page.locator('tbody tr').first().waitFor()
  await who.page.screenshot({ path: `${root}/test-results/customers-en-desk.png` })
  await accessible(who.page, 'customers')
  await who.page.getByRole('link', { name: 'Import' }).click()
  const rows = Array.from({ length: 500 }, (_, n) => `ร้านทดสอบ ${n},13.${700 + (n % 90)},100.5${n % 10}`)
  const csv = `name,lat,lng,colour\n${rows.join('\n')}\nbroken,99,100\n`
  await writeFile(`${server.data}/customers.csv`, csv)
  await who.page.locator('input[name=file]').setInputFiles(`${server.data}/customers.csv`)
  await who.page.getByText('Checked, nothing kept yet').waitFor()
  assert.match(await who.page.locator('.import-report').textContent(), /latitude must be between/)
  assert.match(await who.page.locator('.import-report').textContent(), /colour/)
  await who.page.screenshot({ path: `${root}/test-results/import-en-desk.png` })
  await accessible(who.page, 'import')
  await who.page.getByRole('button', { name: /500/ }).click()
  await who.page.getByText('Import done').waitFor()
  await who.page.getByRole('link', { name: 'To the customers' }).click()
  await who.page.getByRole('searchbox').fill('ร้านทดสอบ 499')
  await who.page.getByRole('cell', { name: 'ร้านทดสอบ 499' }).first().waitFor()
  await who.close()
})

test('an address that leads nowhere says so, with the way home', async () => {
  const who = await person(browser, server, { viewport: PHONE })
  await signIn(who.page, 'manager1')
  const answer = await who.page.goto('/no/such/page')
  assert.equal(answer.status(), 404)
  await who.page.getByRole('link', { name: 'Go to the start page' }).click()
  await who.page.waitForURL(/\/board/)
  await who.close()
})

test('an empty installation asks for its first admin', async () => {
  const empty = await Server.start({ EKENKO_DEMO: 'off' })
  try {
    const who = await person(browser, empty, { viewport: DESK })
    await who.page.goto('/')
    await who.page.waitForURL(/set-up/)
    await hydrated(who.page)
    await who.page.getByRole('button', { name: 'Create and sign in' }).click()
    await who.page.getByRole('alert').first().waitFor()
    await who.page.screenshot({ path: `${root}/test-results/set-up-en-desk.png` })
    await accessible(who.page, 'set-up')
    await who.page.locator('input[name=organisation]').fill('ร้านค้าส่ง')
    await who.page.locator('input[name=name]').fill('Wipa')
    await who.page.locator('input[name=email]').fill('wipa@example.com')
    await who.page.locator('input[name=password]').fill('a long enough password')
    await who.page.getByRole('button', { name: 'Create and sign in' }).click()
    await who.page.waitForURL(/\/board/)
    await who.page.locator('.board-side .empty').waitFor()
    await who.page.screenshot({ path: `${root}/test-results/board-empty-en-desk.png` })
    await who.close()
  } finally {
    await empty.stop()
  }
})

// Verification in the browser: two managers at one queue, by keyboard, and the rep who hears of it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { accessible, hydrated, launch, person, PHONE, root, Server, signIn } from './support.mjs'

let server, browser
before(async () => {
  server = await Server.start()
  browser = await launch()
})
after(async () => {
  await browser?.close()
  await server?.stop()
})

const shot = (page, name) => page.screenshot({ path: `${root}/test-results/${name}.png` })
const waiting = (query = '') => server.api('manager1', 'GET', `/visits/queue?limit=50${query}`)
const row = (page, visit) => page.locator(`.waiting-row[href*="visit=${visit.id}"]`)
const current = (page, visit) => page.locator(`.waiting-row[href*="visit=${visit.id}"][aria-current=true]`)
const count = (page) => page.locator('.nav .count').textContent().then((text) => Number(text.replace(/\D/g, '')))

/** The case of this visit lies on the desk whole. */
const laid = (page, visit) => page.locator('.case-head', { hasText: visit.location.name }).locator(`a[href="/visits/${visit.id}"]`).waitFor()

async function desk(page, query = '') {
  await page.goto(`/verification${query}`)
  await hydrated(page)
  await page.locator('.case-decide').waitFor()
}

test('two managers work through one queue by keyboard, and undo', async () => {
  const [one, other] = [await person(browser, server), await person(browser, server)]
  await signIn(one.page, 'manager1')
  await signIn(other.page, 'admin')
  await desk(one.page)
  await desk(other.page)
  const { items, total } = await waiting()
  assert.ok(items.length > 4, 'the demo has visits that wait')
  const [first, second, third] = items
  await current(one.page, first).waitFor()
  await laid(one.page, first)
  await one.page.locator('.case-photos img').first().waitFor()
  await one.page.waitForFunction((n) => Number(document.querySelector('.nav .count')?.textContent.replace(/\D/g, '')) === n, total)
  await accessible(one.page, 'verification')
  await shot(one.page, 'verification-en-desk')

  await one.page.keyboard.press('j')
  await current(one.page, second).waitFor()
  await laid(one.page, second)
  assert.ok(one.page.url().includes(`visit=${second.id}`), 'the address is that of the case')
  await one.page.keyboard.press('ArrowUp')
  await current(one.page, first).waitFor()
  await one.page.keyboard.press('?')
  await one.page.locator('.key-list').waitFor()
  await shot(one.page, 'verification-keys-en-desk')
  await one.page.keyboard.press('Escape')
  await one.page.locator('.key-list').waitFor({ state: 'detached' })

  // Approved here it leaves the other's queue at once, and the next case lies on the desk.
  await laid(one.page, first)
  await row(other.page, first).waitFor()
  const before = await count(other.page)
  await one.page.keyboard.press('a')
  await current(one.page, second).waitFor()
  await row(one.page, first).waitFor({ state: 'detached' })
  await row(other.page, first).waitFor({ state: 'detached' })
  await other.page.waitForFunction((n) => Number(document.querySelector('.nav .count')?.textContent.replace(/\D/g, '')) === n, before - 1)
  const approved = await server.api('manager1', 'GET', `/visits/${first.id}`)
  assert.deepEqual([approved.review.decision, approved.verdict], ['approved', first.verdict])

  // Taken back from the toast, it waits again for both.
  await one.page.locator('.toast').getByRole('button', { name: 'Undo' }).click()
  await row(one.page, first).waitFor()
  await row(other.page, first).waitFor()
  await current(one.page, first).waitFor()
  assert.equal((await server.api('manager1', 'GET', `/visits/${first.id}`)).review, null)

  // Rejecting asks for the reason; what is typed there is text.
  await one.page.keyboard.press('j')
  await current(one.page, second).waitFor()
  await laid(one.page, second)
  await one.page.keyboard.press('r')
  await one.page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'reason')
  await one.page.keyboard.press('Enter')
  await one.page.getByRole('alert').waitFor()
  await one.page.keyboard.type('jar ka? รูปไม่ใช่ร้านนี้')
  await shot(one.page, 'verification-reject-en-desk')
  await one.page.keyboard.press('Enter')
  await row(other.page, second).waitFor({ state: 'detached' })
  await current(one.page, third).waitFor()
  const rejected = await server.api('manager1', 'GET', `/visits/${second.id}`)
  assert.deepEqual([rejected.review.decision, rejected.review.reason], ['rejected', 'jar ka? รูปไม่ใช่ร้านนี้'])

  // What lies on the other's desk stays there when somebody else decides it, and says so.
  await row(other.page, third).click()
  await laid(other.page, third)
  await laid(one.page, third)
  await one.page.keyboard.press('a')
  await other.page.locator('.case .reviewed', { hasText: 'Approved' }).waitFor()
  await laid(other.page, third)
  await one.close()
  await other.close()
})

test('the rep and whoever looks at the visit see the word as it is said', async () => {
  const { items: [visit] } = await waiting()
  const manager = await person(browser, server)
  await signIn(manager.page, 'manager1')
  await manager.page.goto(`/visits/${visit.id}`)
  await hydrated(manager.page)
  const watcher = await person(browser, server)
  await signIn(watcher.page, 'admin')
  await watcher.page.goto(`/visits/${visit.id}`)
  await hydrated(watcher.page)
  await manager.page.getByRole('button', { name: 'Reject' }).click()
  await manager.page.locator('input[name=reason]').fill('Not this shop')
  await manager.page.locator('input[name=reason]').press('Enter')
  await manager.page.locator('.reviewed', { hasText: 'Not this shop' }).waitFor()
  await watcher.page.locator('.reviewed', { hasText: 'Not this shop' }).waitFor()
  await accessible(manager.page, 'a reviewed visit')
  await shot(manager.page, 'visit-reviewed-en-desk')
  await manager.page.getByRole('button', { name: 'Take back' }).click()
  await watcher.page.locator('.reviewed').waitFor({ state: 'detached' })
  await manager.close()
  await watcher.close()
})

test('on a phone the list comes first, then the case with two big buttons', async () => {
  const manager = await person(browser, server, { viewport: PHONE, locale: 'th-TH' })
  const { page } = manager
  await signIn(page, 'manager1')
  await page.goto('/verification')
  await hydrated(page)
  const { items: [first] } = await waiting()
  await row(page, first).waitFor()
  assert.equal(await page.locator('.case').isVisible(), false)
  await accessible(page, 'the queue on a phone')
  await shot(page, 'verification-list-th-phone')
  await row(page, first).click()
  await laid(page, first)
  assert.equal(await page.locator('.waiting').isVisible(), false)
  const approve = page.getByRole('button', { name: 'อนุมัติ', exact: true })
  const { height, width } = await approve.boundingBox()
  assert.ok(height >= 48 && width > 150, `${width} × ${height}`)
  await accessible(page, 'a case on a phone')
  await shot(page, 'verification-case-th-phone')
  await page.screenshot({ path: `${root}/test-results/verification-case-th-phone-whole.png`, fullPage: true })
  await page.goBack()
  await row(page, first).waitFor()
  await page.goto('/verification?verdict=verified')
  await hydrated(page)
  await page.getByText('ไม่มีรายการรอตรวจสอบ').first().waitFor()
  await shot(page, 'verification-none-th-phone')
  await manager.close()
})

test('a rep has no such page', async () => {
  const rep = await person(browser, server)
  await signIn(rep.page, 'rep1')
  await rep.page.goto('/verification')
  await rep.page.waitForURL('**/today')
  assert.equal(await rep.page.locator('nav a[href^="/verification"]').count(), 0)
  await rep.close()
})

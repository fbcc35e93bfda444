// Reports in the browser: tables that agree with the API, a way into each row, and the same as files.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
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

const shot = (page, name) => page.screenshot({ path: `${root}/test-results/${name}.png`, fullPage: true })
const digits = (text) => Number(text.replace(/[^0-9]/g, ''))

test('a manager reads the month, narrows it to a rep, and takes it along', async () => {
  const manager = await person(browser, server)
  const { page } = manager
  await signIn(page, 'manager1')
  await page.getByRole('link', { name: 'Reports' }).click()
  await page.locator('.figures tbody tr').first().waitFor()
  // Two weeks of demo data may lie in two months.
  const to = await page.locator('input[name=to]').inputValue()
  const from = new Date(Date.parse(to) - 20 * 86_400_000).toISOString().slice(0, 10)
  await page.locator('input[name=from]').fill(from)
  await page.waitForURL(`**from=${from}**`)
  await page.locator('select[name=by]').selectOption('rep')
  await page.waitForURL('**by=rep**')
  const report = await server.api('manager1', 'GET', `/reports?from=${from}&by=rep&limit=100`)
  await page.locator('.figures tbody tr').nth(report.rows.length - 1).waitFor()
  assert.ok(report.total.visits > 20, JSON.stringify(report.total))
  const shown = await page.locator('.figures tbody tr td:nth-child(2)').allTextContents()
  assert.deepEqual(shown.map(digits), report.rows.map((row) => row.visits))
  assert.equal(shown.map(digits).reduce((a, b) => a + b), report.total.visits)
  assert.equal(digits(await page.locator('.figures tfoot td').first().textContent()), report.total.visits)
  assert.equal(digits(await page.locator('.number dd').first().textContent()), report.total.visits)
  await accessible(page, 'reports')
  await shot(page, 'reports-rep-en-desk')

  const [csv] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()])
  const text = await readFile(await csv.path(), 'utf8')
  assert.ok(text.startsWith('\ufeff'), 'Excel reads Thai only behind a mark')
  assert.ok(text.includes(report.rows[0].name))
  assert.ok(text.trim().split('\n').length >= report.rows.length + 1)
  const [xlsx] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'XLSX' }).click()])
  assert.equal((await readFile(await xlsx.path())).subarray(0, 2).toString(), 'PK')

  const [pdf] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'PDF' }).click()])
  assert.equal(pdf.suggestedFilename(), `ekenko-${to.slice(0, 7)}.pdf`)
  assert.equal((await readFile(await pdf.path())).subarray(0, 5).toString(), '%PDF-')

  const { name } = report.rows[0]
  await page.locator('.figures tbody').getByRole('link', { name }).click()
  await page.waitForURL('**by=day**')
  await page.getByRole('link', { name: 'All reps' }).getByText(name).waitFor()
  const days = await server.api('manager1', 'GET', `/reports?from=${from}&by=day&employee_id=${report.rows[0].key}`)
  await page.locator('.figures tbody tr').nth(days.rows.length - 1).waitFor()
  await page.locator('svg.bars').waitFor()
  await shot(page, 'reports-day-en-desk')
  await page.goBack()
  await page.waitForURL('**by=rep**')
  await page.locator('.figures tbody').getByRole('link', { name }).waitFor()

  const most = await server.api('manager1', 'GET', `/reports?by=customer&limit=1`)
  const { company } = await server.api('manager1', 'GET', `/locations/${most.rows[0].key}`)
  await page.goto(`/companies/${company.id}`)
  await page.getByRole('main').getByRole('link', { name: 'Reports' }).click()
  await page.waitForURL(`**company=${company.id}**`)
  const only = page.getByRole('link', { name: 'All companies' })
  await only.getByText(company.name).waitFor()
  const there = await server.api('manager1', 'GET', `/reports?company_id=${company.id}`)
  assert.equal(digits(await page.locator('.number dd').first().textContent()), there.total.visits)
  await shot(page, 'reports-company-en-desk')
  await only.click()
  await only.waitFor({ state: 'detached' })
  await manager.close()
})

test('days without a visit say so, and a phone reads reports too', async () => {
  const manager = await person(browser, server, { viewport: PHONE, locale: 'th-TH' })
  const { page } = manager
  await signIn(page, 'manager1')
  await page.goto('/reports?from=2020-01-01&to=2020-01-02')
  await hydrated(page)
  await page.getByText('ไม่มีข้อมูลในช่วงวันนี้').waitFor()
  await shot(page, 'reports-none-th-phone')
  await page.goto('/reports?by=rep')
  await hydrated(page)
  await page.locator('.figures tbody tr').first().waitFor()
  await accessible(page, 'reports on a phone')
  await shot(page, 'reports-rep-th-phone')
  await page.goto('/reports?from=2020-01-02&to=2020-01-01')
  await page.getByRole('alert').waitFor()
  await manager.close()
})

// The customer base in the browser: found and changed, merged, taken in from a file and given away as one.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
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
const first = async (query = '') => (await server.api('manager1', 'GET', `/locations?limit=1${query}`)).items[0]

async function open(page, address) {
  await page.goto(address)
  await hydrated(page)
}

test('a manager moves a pin, fills an address from the list and says why a customer left', async () => {
  const manager = await person(browser, server)
  const { page } = manager
  await signIn(page, 'manager1')
  const shop = await first()
  await open(page, `/customers/${shop.id}`)
  await page.getByRole('link', { name: 'Edit', exact: true }).click()
  const finder = page.getByRole('combobox', { name: 'Find a Thai address' })
  await finder.fill('suthep chiang mai')
  await page.getByRole('option').first().waitFor()
  await accessible(page, 'edit customer')
  await shot(page, 'customers-edit-en-desk')
  await finder.press('ArrowDown')
  assert.equal(await page.getByRole('option').first().getAttribute('aria-selected'), 'true')
  await finder.press('Enter')
  for (const [name, value] of [['subdistrict', 'สุเทพ'], ['district', 'เมืองเชียงใหม่'], ['province', 'เชียงใหม่'], ['postcode', '50200']]) {
    assert.equal(await page.locator(`input[name=${name}]`).inputValue(), value)
  }
  const pin = page.getByRole('button', { name: 'Pin, move it with the arrow keys' })
  await pin.waitFor()
  const before = Number(await page.locator('input[name=lat]').inputValue())
  await pin.focus()
  for (let press = 0; press < 3; press++) await page.keyboard.press('ArrowUp')
  await page.waitForFunction((lat) => Number(document.querySelector('input[name=lat]').value) > lat, before)
  await page.locator('input[name=radius_m]').fill('220')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.waitForURL(`**/customers/${shop.id}`)
  const kept = await server.api('manager1', 'GET', `/locations/${shop.id}`)
  assert.ok(kept.lat > before && kept.radius_m === 220 && kept.subdistrict === 'สุเทพ', JSON.stringify(kept))

  await page.getByRole('button', { name: 'Change status' }).click()
  await page.locator('select[name=status]').selectOption('inactive')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('alert').waitFor()
  await page.locator('input[name=reason]').fill('Closed for good')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Closed for good').waitFor()
  await accessible(page, 'customer')
  await shot(page, 'customers-status-en-desk')

  // The list is narrowed by its address.
  await open(page, '/customers?status=inactive&province=%E0%B9%80%E0%B8%8A%E0%B8%B5%E0%B8%A2%E0%B8%87%E0%B9%83%E0%B8%AB%E0%B8%A1%E0%B9%88')
  await page.getByRole('link', { name: shop.name, exact: true }).first().waitFor()
  assert.equal(await page.locator('tbody tr').count(), 1)
  await page.locator('select[name=status]').selectOption('active')
  await page.waitForURL('**status=active**')
  await page.getByText('Nothing found').waitFor()
  const [csv] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()])
  assert.equal((await readFile(await csv.path(), 'utf8')).trim().split('\n').length, 1)
  await open(page, '/customers')
  await page.locator('tbody tr').first().waitFor()
  await accessible(page, 'customers')
  await shot(page, 'customers-list-en-desk')
  await manager.close()
})

test('a manager adds a customer at a desk by moving the pin', async () => {
  const manager = await person(browser, server)
  const { page } = manager
  await signIn(page, 'manager1')
  await open(page, '/customers')
  await page.getByRole('link', { name: 'New customer' }).click()
  const pin = page.getByRole('button', { name: 'Pin, move it with the arrow keys' })
  await pin.waitFor()
  await page.locator('input[name=name]').fill('Shop by the river')
  await page.getByRole('button', { name: 'Add customer' }).click()
  // Where the pin waits is nobody's door.
  await page.getByRole('alert').first().waitFor()
  await page.locator('input[name=lat]').fill('18.79')
  await page.locator('input[name=lng]').fill('98.99')
  await pin.focus()
  await page.keyboard.press('ArrowUp')
  await page.waitForFunction(() => Number(document.querySelector('input[name=lat]').value) > 18.79)
  const lat = Number(await page.locator('input[name=lat]').inputValue())
  await accessible(page, 'new customer')
  await shot(page, 'customers-new-en-desk')
  await page.getByRole('button', { name: 'Add customer' }).click()
  await page.waitForURL(/customers\/[0-9a-f-]{36}$/)
  const kept = await server.api('manager1', 'GET', `/locations/${page.url().split('/').at(-1)}`)
  assert.deepEqual([kept.name, kept.lat], ['Shop by the river', lat])
  await manager.close()
})

test('a company has terms, and its places', async () => {
  const manager = await person(browser, server, { locale: 'th-TH' })
  const { page } = manager
  await signIn(page, 'manager1')
  const { company } = await first()
  await open(page, `/companies?q=${encodeURIComponent(company.name)}`)
  await page.getByRole('link', { name: company.name, exact: true }).first().click()
  await page.getByRole('link', { name: 'แก้ไข' }).click()
  await page.locator('input[name=tax_id]').fill('0994000617723')
  await page.locator('input[name=credit_days]').fill('30')
  await page.locator('input[name=credit_limit]').fill('1,250.50')
  await page.locator('select[name=grade]').selectOption('d')
  await page.getByRole('button', { name: 'บันทึก' }).click()
  await page.getByRole('alert').waitFor()
  await page.locator('input[name=tax_id]').fill('0994000617721')
  await page.getByRole('button', { name: 'บันทึก' }).click()
  await page.getByText('฿1,250.50').waitFor()
  await page.getByText('0-9940-00617-72-1').waitFor()
  await accessible(page, 'company')
  await shot(page, 'customers-company-th-desk')
  await manager.close()
})

test('a customer entered twice becomes one, and the old address leads to it', async () => {
  const manager = await person(browser, server)
  const { page } = manager
  await signIn(page, 'manager1')
  const shop = await first('&status=active')
  const twice = await server.api('manager1', 'POST', '/locations', { id: randomUUID(), name: `${shop.name} `, lat: shop.lat + 0.0002, lng: shop.lng })
  await open(page, '/customers/duplicates')
  const pair = page.getByRole('region').filter({ has: page.locator(`a[href$="${twice.id}"]`) }).first()
  await pair.getByRole('button', { name: 'Compare' }).click()
  await pair.locator('.side').filter({ has: page.locator(`a[href$="${shop.id}"]`) }).getByRole('radio').check()
  await accessible(page, 'duplicates')
  await shot(page, 'customers-duplicates-en-desk')
  await pair.getByRole('button', { name: 'Merge' }).click()
  await pair.getByRole('alert').waitFor()
  await pair.getByRole('button', { name: 'Merge' }).click()
  await page.getByText(`Merged into`).waitFor()
  await pair.waitFor({ state: 'detached' })
  await open(page, `/customers/${twice.id}`)
  await page.getByRole('heading', { level: 1, name: shop.name }).waitFor()
  assert.equal((await server.api('manager1', 'GET', `/locations/${twice.id}`)).id, shop.id)
  await manager.close()
})

test('a file of others is mapped, looked at and taken in, on a phone as well', async () => {
  const file = `${server.data}/shops.csv`
  await writeFile(file, 'ร้าน,ละติจูด,ลองจิจูด,รหัส,เกรด\nร้านนำเข้าหนึ่ง,13.7,100.5,10500,a\nร้านนำเข้าสอง,13.8,100.6,10400,z\n')
  for (const [name, viewport, locale] of [['desk', undefined, 'en-GB'], ['phone', PHONE, 'th-TH']]) {
    const manager = await person(browser, server, { ...(viewport ? { viewport } : {}), locale })
    const { page } = manager
    await signIn(page, 'manager1')
    await open(page, '/customers/import')
    await page.locator('input[name=file]').setInputFiles(file)
    const columns = page.locator('.mapping li')
    await page.locator('.import-report').waitFor()
    assert.deepEqual(await columns.locator('select').evaluateAll((all) => all.map((one) => one.value)), ['name', 'lat', 'lng', '', 'grade'])
    await columns.nth(3).locator('select').selectOption('postcode')
    await accessible(page, 'import')
    await shot(page, `customers-import-${name}`)
    await page.getByRole('button', { name: locale === 'en-GB' ? 'Check the file' : 'ตรวจไฟล์' }).click()
    await page.locator('.import-report tbody tr').first().waitFor()
    assert.equal(await page.locator('.import-report tbody tr').count(), 1)
    await accessible(page, 'import, checked')
    await shot(page, `customers-import-checked-${name}`)
    if (name === 'desk') {
      const [bad] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'All bad rows as CSV' }).click()])
      assert.match(await readFile(await bad.path(), 'utf8'), /3,"grade","must be A, B, C or D"/)
      await page.getByRole('button', { name: /^Import .*row/ }).click()
      await page.getByRole('heading', { name: 'Import done' }).waitFor()
    }
    await manager.close()
  }
  const kept = await first(`&q=${encodeURIComponent('ร้านนำเข้าหนึ่ง')}`)
  assert.deepEqual([kept.postcode, kept.grade], ['10500', 'a'])
})

test('the list and its pages fit a phone in Thai', async () => {
  const manager = await person(browser, server, { viewport: PHONE, locale: 'th-TH' })
  const { page } = manager
  await signIn(page, 'manager1')
  const shop = await first()
  for (const [name, address] of [
    ['list', '/customers'], ['customer', `/customers/${shop.id}`], ['edit', `/customers/${shop.id}/edit`], ['company', `/companies/${shop.company.id}`],
    ['company-edit', `/companies/${shop.company.id}/edit`], ['companies', '/companies'], ['duplicates', '/customers/duplicates'],
  ]) {
    await open(page, address)
    await page.locator('h1').first().waitFor()
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    assert.ok(wide <= 0, `${name} is ${wide} px too wide`)
    await accessible(page, name)
    await shot(page, `customers-${name}-th-phone`)
  }
  await manager.close()
})

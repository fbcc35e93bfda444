// Lighthouse's verdict on a page of a signed-in rep, as a phone of moderate speed would show it. `node measure.mjs [/page …]`.
import { launch } from 'chrome-launcher'
import lighthouse from 'lighthouse'
import { PHONE, Server, launch as openBrowser, signIn } from '../../tests/browser/support.mjs'

const RUNS = 3
const FIGURES = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift']
const pages = process.argv.length > 2 ? process.argv.slice(2) : ['/today']

const server = await Server.start()
const browser = await openBrowser()
const context = await browser.newContext({ baseURL: server.base, viewport: PHONE })
await signIn(await context.newPage(), 'rep1')
const Cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
await browser.close()
const chrome = await launch({ chromePath: process.env.CHROMIUM || '/usr/bin/chromium', chromeFlags: ['--headless=new', '--no-sandbox'] })
for (const page of pages) {
  for (let run = 0; run < RUNS; run++) {
    const { lhr } = await lighthouse(server.base + page, { port: chrome.port, extraHeaders: { Cookie } })
    const scores = Object.values(lhr.categories).map(({ title, score }) => `${title} ${Math.round(score * 100)}`)
    const figures = FIGURES.map((id) => `${lhr.audits[id].title} ${lhr.audits[id].displayValue}`)
    console.log([page, ...scores, ...figures].join(', '))
  }
}
await chrome.kill()
await server.stop()

// A server on the release bundle, a browser, and the people in front of it.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { deflateSync } from 'node:zlib'
import { chromium } from 'playwright-core'
import AxeBuilder from '@axe-core/playwright'

export const root = path.resolve(import.meta.dirname, '../..')
export const PHONE = { width: 390, height: 844 }
export const DESK = { width: 1440, height: 900 }
export const PASSWORD = 'ekenko-demo'

async function freePort() {
  const server = createServer()
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address()
  await new Promise((done) => server.close(done))
  return port
}

/** The bundle's server on demo data in a folder of its own. */
export class Server {
  static async start(env = {}) {
    const server = await Server.at(env)
    await server.up()
    return server
  }

  /** The same, not yet started. */
  static async at(env = {}) {
    const server = new Server()
    server.data = await mkdtemp(path.join(tmpdir(), 'ekenko-'))
    server.port = await freePort()
    server.env = { ...process.env, EKENKO_DEMO: 'on', EKENKO_DATA_DIR: server.data, PORT: String(server.port), ...env }
    server.base = `http://127.0.0.1:${server.port}`
    return server
  }

  launch() {
    this.process = spawn(path.join(root, 'dist/ekenko'), { env: this.env, stdio: ['ignore', 'ignore', 'inherit'] })
    this.ended = new Promise((done) => this.process.once('exit', (code, signal) => done({ code, signal })))
  }

  async up() {
    this.launch()
    let gone = false
    this.ended.then(() => { gone = true })
    for (let attempt = 0; attempt < 1200; attempt++) {
      if (gone) throw new Error('the server ended before it was ready')
      const ready = await fetch(`${this.base}/ready`, { signal: AbortSignal.timeout(5000) }).then((answer) => answer.ok, () => false)
      if (ready) return
      await new Promise((done) => setTimeout(done, 50))
    }
    throw new Error('the server did not become ready')
  }

  async down(signal = 'SIGTERM') {
    this.process.kill(signal)
    return within(15_000, 'the server to end', this.ended).catch((error) => {
      this.process.kill('SIGKILL')
      throw error
    })
  }

  async stop() {
    await this.down()
    await rm(this.data, { recursive: true, force: true })
  }

  async api(who, method, address, body) {
    const token = await this.token(who)
    const answer = await fetch(`${this.base}/api/v1${address}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      body: body ? JSON.stringify(body) : undefined,
      signal: AbortSignal.timeout(30_000),
    })
    if (!answer.ok) throw new Error(`${method} ${address}: ${answer.status} ${await answer.text()}`)
    return answer.json()
  }

  async token(who) {
    this.tokens ??= new Map()
    if (!this.tokens.has(who)) {
      const answer = await fetch(`${this.base}/api/v1/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: `${who}@ekenko.test`, password: PASSWORD }),
        signal: AbortSignal.timeout(30_000),
      })
      this.tokens.set(who, (await answer.json()).access_token)
    }
    return this.tokens.get(who)
  }
}

/** Says what was waited for in vain, where the library would wait for ever. */
export function within(millis, what, promise) {
  let timer
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`waited ${millis / 1000} s for ${what}`)), millis)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  })
}

/** A browser of one person. What it logs as an error, and any request to another host, fails the test at `close`. */
export async function person(browser, server, { viewport = DESK, locale = 'en-GB', at, ...more } = {}) {
  const context = await browser.newContext({
    viewport, locale, timezoneId: 'Asia/Bangkok', baseURL: server.base, isMobile: viewport.width < 500, hasTouch: viewport.width < 500,
    ...(at ? { geolocation: { latitude: at.lat, longitude: at.lng, accuracy: at.accuracy ?? 12 }, permissions: ['geolocation'] } : {}),
    ...more,
  })
  const faults = []
  const page = await context.newPage()
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    // A server that is down on purpose makes the browser complain; so does an answer we ask for to be refused.
    if (message.type() === 'error' && !/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_SOCKET_NOT_CONNECTED|ERR_EMPTY_RESPONSE|ERR_FAILED|ERR_INTERNET_DISCONNECTED|WebSocket connection|status of 4\d\d/.test(message.text())) faults.push(message.text())
  })
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url())
    if (protocol.startsWith('http') && hostname !== '127.0.0.1') faults.push(`asks another host: ${request.url()}`)
  })
  return {
    context, page, faults,
    async close() {
      await within(30_000, 'the window to close', context.close())
      if (faults.length) throw new Error(faults.join('\n'))
    },
  }
}

export async function signIn(page, who) {
  await page.goto('/sign-in')
  await hydrated(page)
  await page.locator('input[name=email]').fill(`${who}@ekenko.test`)
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.locator('form button[type=submit]').click()
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))
}

/** The page answers from here on: the wasm has taken over what the server rendered. */
export async function hydrated(page) {
  await page.waitForFunction(() => document.documentElement.dataset.answers === 'yes')
}

/** Waits until the service worker has the page and the page has asked for everything it needs without signal. */
export async function kept(page) {
  for (let attempt = 0; attempt < 300; attempt++) {
    const ready = await page.evaluate(async () => {
      // Opening a database that is not there would make an empty one in its place.
      const known = await indexedDB.databases()
      if (!navigator.serviceWorker.controller || !known.some(({ name }) => name === 'ekenko')) return false
      const heard = (request) => new Promise((done) => { request.onsuccess = () => done(request.result) })
      const db = await heard(indexedDB.open('ekenko'))
      const at = await heard(db.transaction('settings').objectStore('settings').get('ready_at'))
      db.close()
      return at > 0
    })
    if (ready) return
    await page.waitForTimeout(100)
  }
  throw new Error('the page did not keep what it needs without signal')
}

export async function accessible(page, what) {
  // In the page itself: there are no frames of others, and no second window is needed.
  const { violations } = await within(60_000, `axe on ${what}`, new AxeBuilder({ page }).setLegacyMode(true).analyze())
  const serious = violations.filter((v) => ['serious', 'critical'].includes(v.impact))
  if (serious.length) {
    throw new Error(`${what}: ${serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' ')}`).join('\n')}`)
  }
}

/** A picture nobody sent before: grey squares by chance, as PNG. */
export function photo() {
  const [width, height, square] = [340, 320, 20]
  const greys = randomBytes((width / square) * (height / square))
  const rows = []
  for (let y = 0; y < height; y++) {
    // Each row begins with its filter: none.
    rows.push(0)
    for (let x = 0; x < width; x++) rows.push(greys[Math.floor(y / square) * (width / square) + Math.floor(x / square)])
  }
  const chunk = (kind, data) => {
    const body = Buffer.concat([Buffer.from(kind), data])
    const whole = Buffer.alloc(body.length + 8)
    whole.writeUInt32BE(data.length, 0)
    body.copy(whole, 4)
    whole.writeUInt32BE(crc32(body), body.length + 4)
    return whole
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 8
  const buffer = Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.from(rows))), chunk('IEND', Buffer.alloc(0)),
  ])
  return { name: 'shop.png', mimeType: 'image/png', buffer }
}

function crc32(bytes) {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return ~crc >>> 0
}

/** A day of the demo with visits on it. */
export async function someDay(server) {
  for (let back = 1; back < 8; back++) {
    const date = new Date(Date.now() + 7 * 3600e3 - back * 86400e3).toISOString().slice(0, 10)
    const { items } = await server.api('admin', 'GET', `/visits?date=${date}&limit=1`)
    if (items.length) return date
  }
  throw new Error('the demo has no visits in the last week')
}

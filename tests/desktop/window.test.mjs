// The desktop window on a screen of its own, against the release bundle's server.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import path from 'node:path'
import readline from 'node:readline'
import { after, before, test } from 'node:test'
import { Server, root } from '../browser/support.mjs'

let server, driver, answers

before(async () => {
  server = await Server.start()
  const program = path.join(process.env.CARGO_TARGET_DIR, 'dx/ekenko/debug/linux/app/ekenko')
  // Debian's own Python has the bindings.
  driver = spawn('xvfb-run', ['-a', '-s', '-screen 0 1440x900x24', 'dbus-run-session', '--', '/usr/bin/python3', '-W', 'ignore', path.join(root, 'tests/desktop/window.py'), program], {
    env: { ...process.env, EKENKO_SERVER: server.base, LANG: 'en_GB.UTF-8', WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', LIBGL_ALWAYS_SOFTWARE: '1' },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  answers = readline.createInterface({ input: driver.stdout })[Symbol.asyncIterator]()
})
after(async () => {
  const ended = new Promise((done) => driver.once('exit', done))
  driver.stdin.end()
  await ended
  await server.stop()
})

async function window(order, argument) {
  driver.stdin.write(`${order} ${argument}\n`)
  let line
  do line = (await answers.next()).value
  while (line && !line.startsWith('answer: '))
  assert.equal(line, 'answer: ok')
}

test('a manager signs in at the desktop window and sees a check-in arrive', async () => {
  await window('press', 'manager1@ekenko.test')
  await window('see', 'E-mail manager1@ekenko.test')
  await window('press', 'Sign in')
  await window('see', 'Today in the field')
  await window('see', 'Live')
  const { feed } = await server.api('manager1', 'GET', '/board')
  const { items } = await server.api('admin', 'GET', '/locations?limit=50')
  const shop = items.find(({ name }) => !feed.items.some(({ data }) => data.location?.name === name))
  const fix = { lat: shop.lat, lng: shop.lng, accuracy_m: 8, taken_at: new Date().toISOString() }
  await server.api('rep1', 'POST', '/visits', { id: crypto.randomUUID(), location_id: shop.id, purpose: 'offer', fix })
  await window('see', shop.name)
})

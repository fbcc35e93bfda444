// A server that is told to stop does so, however many pages are open.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DESK, Server, hydrated, launch, person, signIn } from './support.mjs'

test('a server stops at once with pages open, and the pages go on with the next', async () => {
  const server = await Server.start()
  const browser = await launch()
  try {
    const people = []
    for (const [who, page] of [['admin', '/board'], ['manager1', '/tasks'], ['rep1', '/today']]) {
      const one = await person(browser, server, { viewport: DESK })
      await signIn(one.page, who)
      await one.page.goto(page)
      await hydrated(one.page)
      people.push(one)
    }
    const live = people[0].page.locator('.link-state[data-live=true]')
    await live.first().waitFor()
    const asked = Date.now()
    const { code } = await server.down()
    const took = Date.now() - asked
    assert.equal(code, 0)
    assert.ok(took < 5000, `it took ${took} ms`)
    await live.first().waitFor({ state: 'detached' })
    await server.up()
    await live.first().waitFor()
    for (const one of people) await one.close()
  } finally {
    await browser.close()
    await server.stop()
  }
})

import assert from 'node:assert/strict'
import { problemOf } from '../../src/base/problem.ts'
import { createTurns } from '../../src/vscode/clusters/turns.ts'

/** A run that the test ends. */
function held(log: string[], name: string) {
  const { promise, resolve } = Promise.withResolvers<string>()
  const run = () => {
    log.push(name)
    return promise
  }
  return { run, end: () => resolve(name) }
}

async function settled(): Promise<void> {
  for (let round = 0; round < 20; round++) await Promise.resolve()
}

describe('turns', () => {
  const { signal: never } = new AbortController()

  it('are taken one after the other, in order', async () => {
    const inTurn = createTurns()
    const log: string[] = []
    const [one, two, three] = ['one', 'two', 'three'].map(name => held(log, name))
    assert.ok(one && two && three)
    const results = [one, two, three].map(({ run }) => inTurn(never, run))
    await settled()
    assert.deepEqual(log, ['one'])
    one.end()
    assert.equal(await results[0], 'one')
    await settled()
    assert.deepEqual(log, ['one', 'two'])
    two.end()
    three.end()
    assert.deepEqual(await Promise.all(results), ['one', 'two', 'three'])
  })

  it('go on after one that failed', async () => {
    const inTurn = createTurns()
    const failing = inTurn(never, () => Promise.reject(new Error('no')))
    const next = inTurn(never, () => Promise.resolve('yes'))
    await assert.rejects(failing, /no/)
    assert.equal(await next, 'yes')
  })

  it('are given up while waiting, and the next one still waits for who runs', async () => {
    const inTurn = createTurns()
    const log: string[] = []
    const first = held(log, 'first')
    const leaving = new AbortController()
    const running = inTurn(never, first.run)
    const skipped = inTurn(leaving.signal, held(log, 'skipped').run)
    const last = inTurn(never, () => Promise.resolve(log.push('last')))
    leaving.abort()
    const problem = await skipped.then(() => undefined, problemOf)
    assert.equal(problem?.code, 'cancelled')
    await settled()
    assert.deepEqual(log, ['first'])
    first.end()
    await Promise.all([running, last])
    assert.deepEqual(log, ['first', 'last'])
  })
})

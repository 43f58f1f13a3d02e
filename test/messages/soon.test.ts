import assert from 'node:assert/strict'
import { Soon } from '../../src/vscode/messages/soon.ts'

describe('a call to come', () => {
  const hour = 3_600_000

  it('comes at the earliest time that it was asked for, and once', async () => {
    let calls = 0
    const called = Promise.withResolvers<undefined>()
    const soon = new Soon(() => {
      calls++
      called.resolve(undefined)
    })
    soon.in(hour)
    soon.in(0)
    soon.in(hour)
    await called.promise
    assert.equal(calls, 1)
    soon.dispose()
  })

  it('can be asked for again when it came, and not when it was cancelled', async () => {
    let calls = 0
    const third = Promise.withResolvers<undefined>()
    const soon = new Soon(() => {
      calls++
      if (calls < 3) soon.in(0)
      else third.resolve(undefined)
    })
    soon.in(0)
    soon.cancel()
    soon.in(0)
    await third.promise
    assert.equal(calls, 3)
  })
})

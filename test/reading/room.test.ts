import assert from 'node:assert/strict'
import { newRoom } from '../../src/reading/room.ts'

describe('the room between reader and consumer', () => {
  const { signal } = new AbortController()
  const turns = () => new Promise(resolve => setImmediate(resolve))

  /** Whether it has resolved, after everything that is due has run. */
  async function resolved(wait: Promise<void>): Promise<boolean> {
    let over = false
    void wait.then(() => (over = true))
    await turns()
    return over
  }

  it('holds back who fills it, until it is emptied far enough', async () => {
    const room = newRoom(10)
    assert.ok(await resolved(room.fill(6, signal)))
    assert.ok(await resolved(room.fill(4, signal)))
    const third = room.fill(6, signal)
    assert.ok(!(await resolved(third)))
    room.empty(3)
    assert.ok(!(await resolved(third)))
    room.empty(3)
    assert.ok(await resolved(third))
  })

  it('lets in what is larger than all of it, alone', async () => {
    const room = newRoom(10)
    const large = room.fill(50, signal)
    assert.ok(!(await resolved(large)))
    room.empty(50)
    assert.ok(await resolved(large))
  })

  it('holds back several at a time', async () => {
    const room = newRoom(10)
    const waits = [room.fill(9, signal), room.fill(9, signal), room.fill(9, signal)]
    assert.deepEqual(await Promise.all(waits.slice(1).map(resolved)), [false, false])
    room.empty(9)
    room.empty(9)
    assert.deepEqual(await Promise.all(waits.map(resolved)), [true, true, true])
  })

  it('lets go of who waits when the signal aborts', async () => {
    const stop = new AbortController()
    const wait = newRoom(1).fill(2, stop.signal)
    stop.abort(new Error('enough'))
    await assert.rejects(wait, /enough/)
  })
})

import assert from 'node:assert/strict'
import { ProblemError } from '../../src/base/problem.ts'
import { decodeAssignment, decodeSubscription } from '../../src/kafkajs/consumerProtocol.ts'
import { Handover } from '../../src/kafkajs/queue.ts'
import { outcomeOf, spread, type Outcome } from '../../src/kafkajs/spread.ts'

const gone = new ProblemError({ code: 'refused', message: 'Nothing listens.' })
const bad = new ProblemError({ code: 'bad-answer', message: 'Nonsense.' })

describe('asking each responsible broker', () => {
  it('puts the answers back into order, one request per broker', async () => {
    const asked: string[] = []
    const outcomes = await spread(['a1', 'b2', 'c1'], {
      place: items => Promise.resolve(items.map(item => ({ nodeId: Number(item[1]) }))),
      ask: (nodeId, items) => {
        asked.push(`${nodeId}: ${items.join()}`)
        return Promise.resolve(items.map(item => ({ value: item.toUpperCase() })))
      },
    })
    assert.deepEqual(asked, ['1: a1,c1', '2: b2'])
    assert.deepEqual(
      outcomes.map(outcome => outcome.problem ?? outcome.value),
      ['A1', 'B2', 'C1'],
    )
  })

  it('asks again, elsewhere, about what has moved, and only about that', async () => {
    const asked: string[] = []
    const outcomes = await spread(['a', 'b'], {
      pauses: [0],
      place: (items, refresh) => Promise.resolve(items.map(() => ({ nodeId: refresh ? 2 : 1 }))),
      ask: (nodeId, items) => {
        asked.push(`${nodeId}: ${items.join()}`)
        return Promise.resolve(
          items.map(item => outcomeOf(nodeId === 1 && item === 'b' ? 6 : 0, item, () => nodeId)),
        )
      },
    })
    assert.deepEqual(asked, ['1: a,b', '2: b'])
    assert.deepEqual(
      outcomes.map(outcome => outcome.problem ?? outcome.value),
      [1, 2],
    )
  })

  const FAILURES: readonly (readonly [string, ProblemError, number])[] = [
    ['a broker that is gone is looked up again', gone, 3],
    ['another failure is final', bad, 1],
  ]
  for (const [name, error, attempts] of FAILURES) {
    it(`keeps the others' answers: ${name}`, async () => {
      let tries = 0
      const outcomes: readonly Outcome<number>[] = await spread([1, 2], {
        pauses: [0, 0],
        place: items => Promise.resolve(items.map(nodeId => ({ nodeId }))),
        ask: (nodeId, items) => {
          if (nodeId === 1) return Promise.resolve(items.map(() => ({ value: 10 })))
          tries++
          return Promise.reject(error)
        },
      })
      assert.deepEqual(outcomes[0], { value: 10 })
      assert.equal(outcomes[1]?.problem, error.problem)
      assert.equal(tries, attempts)
    })
  }

  it('says when a broker left something out', async () => {
    const outcomes = await spread(['a', 'b'], {
      place: items => Promise.resolve(items.map(() => ({ nodeId: 1 }))),
      ask: () => Promise.resolve([{ value: 1 }]),
    })
    assert.equal(outcomes[1]?.problem?.code, 'not-answered')
  })

  it('rejects when the signal aborts', async () => {
    const abort = new AbortController()
    const work = spread(['a'], {
      signal: abort.signal,
      place: items => Promise.resolve(items.map(() => ({ nodeId: 1 }))),
      ask: () => {
        abort.abort()
        return Promise.reject(new Error('cut off'))
      },
    })
    await assert.rejects(work, /cut off/)
  })
})

describe('what members of classic groups exchange', () => {
  /** Subscription: version, topics, user data, and what newer versions add. */
  const SUBSCRIPTIONS: readonly (readonly [string, string, readonly string[] | undefined])[] = [
    ['version 0', '0000' + '00000002' + '000161' + '00026263' + 'ffffffff', ['a', 'bc']],
    ['version 1', '0001' + '00000001' + '000161' + '00000000' + '00000000', ['a']],
    [
      'version 3',
      '0003' + '00000001' + '000161' + 'ffffffff' + '00000000' + 'ffffffff' + 'ffff',
      ['a'],
    ],
    ['nothing', '', []],
    ['something else', 'ffffffffffff', []],
    ['cut short', '0000' + '00000009', undefined],
  ]
  for (const [name, hex, topics] of SUBSCRIPTIONS) {
    it(`wanted topics, ${name}`, () => {
      assert.deepEqual(decodeSubscription(Buffer.from(hex, 'hex')), topics)
    })
  }

  it('assigned partitions', () => {
    const hex = '0001' + '00000001' + '000161' + '00000002' + '00000000' + '00000005' + 'ffffffff'
    assert.deepEqual(decodeAssignment(Buffer.from(hex, 'hex')), [
      { topic: 'a', partition: 0 },
      { topic: 'a', partition: 5 },
    ])
    assert.deepEqual(decodeAssignment(Buffer.alloc(0)), [])
    assert.equal(decodeAssignment(Buffer.from('{"json":true}')), undefined)
  })
})

describe('a handover', () => {
  it('holds up the putter until the taker is done with its item', async () => {
    const handover = new Handover<number>()
    const done: number[] = []
    const puts = [1, 2].map(item => handover.put(item).then(() => done.push(item)))
    const items = handover[Symbol.asyncIterator]()
    assert.deepEqual(await items.next(), { value: 1, done: false })
    assert.deepEqual(done, [])
    assert.deepEqual(await items.next(), { value: 2, done: false })
    await puts[0]
    assert.deepEqual(done, [1])
    handover.end()
    assert.deepEqual(await items.next(), { value: undefined, done: true })
    await puts[1]
    assert.deepEqual(done, [1, 2])
  })

  it('ends after what was put, and drops what comes later', async () => {
    const handover = new Handover<number>()
    void handover.put(1)
    handover.end()
    await handover.put(2)
    const items: number[] = []
    for await (const item of handover) items.push(item)
    assert.deepEqual(items, [1])
  })

  it('says that a taker who breaks off was not done, nor took what came after', async () => {
    const handover = new Handover<number>()
    const puts = [1, 2].map(item => handover.put(item))
    for await (const item of handover) if (item === 1) break
    assert.deepEqual(await Promise.all([...puts, handover.put(3)]), [false, false, false])
  })

  it('wakes a taker that waits', async () => {
    const handover = new Handover<number>()
    const next = handover[Symbol.asyncIterator]().next()
    handover.end()
    assert.deepEqual(await next, { value: undefined, done: true })
  })
})

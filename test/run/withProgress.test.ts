import assert from 'node:assert/strict'
import { runBlocks } from '../../src/run/engine.ts'
import { parse } from '../../src/language/parse.ts'
import { newSession } from '../../src/run/session.ts'
import type { ReadUpdate } from '../../src/kafka/reading.ts'
import { withProgress, type Telling } from '../../src/run/withProgress.ts'
import { fakeCluster, patientClock, recordPage } from './fixtures.ts'

/** All that can go on without the listener has gone on. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve))
}

describe('what a running block tells', () => {
  it('comes in its order, with what it resolves with at the end', async () => {
    const running = withProgress(async ({ tell, handOver }: Telling<number>) => {
      tell(1)
      await handOver(2)
      tell(3)
      return 'over'
    })
    const told: unknown[] = []
    for (let next = await running.next(); ; next = await running.next()) {
      told.push(next.value)
      if (next.done) break
    }
    assert.deepEqual(told, [1, 2, 3, 'over'])
  })

  it('fails as the block fails, after all that it told', async () => {
    const running = withProgress(({ tell }: Telling<number>) => {
      tell(1)
      return Promise.reject(new Error('broken'))
    })
    assert.equal((await running.next()).value, 1)
    await assert.rejects(running.next(), /broken/)
  })

  it('waits for a listener where it is handed over, and no longer than there is one', async () => {
    const taken: number[] = []
    const running = withProgress(async ({ handOver }: Telling<number>) => {
      for (let number = 0; number < 5; number++) {
        await handOver(number)
        taken.push(number)
      }
    })
    await running.next()
    await settle()
    assert.deepEqual(taken, [])
    await running.next()
    await settle()
    assert.deepEqual(taken, [0])
    await running.return(undefined)
    await settle()
    assert.deepEqual(taken, [0, 1, 2, 3, 4])
  })

  it('keeps only the last of states that nobody heard', async () => {
    const running = withProgress(
      ({ tell }: Telling<string>) => {
        for (const text of ['a 1', 'a 2', 'b 1', 'a 3', 'a 4']) tell(text)
        return Promise.resolve()
      },
      (later, earlier) => later.startsWith('a') && earlier.startsWith('a'),
    )
    const told: string[] = []
    for await (const text of running) told.push(text)
    assert.deepEqual(told, ['a 2', 'b 1', 'a 4'])
  })

  it('holds back the reading where nobody takes what a CONSUMER prints', async () => {
    let read = 0
    const cluster = {
      ...fakeCluster({ topics: { orders: 1 } }).cluster,
      async *read(): AsyncGenerator<ReadUpdate> {
        for (; read < 100; read++) {
          await Promise.resolve()
          const pages = [recordPage(0, [[BigInt(read), 'k', `value ${read}`]])]
          yield { pages, progress: [], bytesRead: 0, recordsRead: read + 1, done: read === 99 }
        }
      },
    }
    const { file } = parse('CONSUMER\ntopic: orders\nto: latest\noutput: jsonl\n')
    const refuse = () => Promise.reject(new Error('not asked'))
    const ports = {
      clock: patientClock(),
      random: () => 0.5,
      uuid: () => 'uuid',
      toLocalEpoch: Date.UTC,
      cluster: () =>
        Promise.resolve({ name: 'local', cluster, protected: false, disposable: false }),
      files: { text: refuse, bytes: refuse, stream: () => assert.fail(), write: refuse },
      values: {
        given: new Map(),
        environment: () => undefined,
        dotenv: refuse,
        secret: refuse,
        prompt: refuse,
      },
      loadFaker: refuse,
      isOurs: () => false,
    }
    const { signal } = new AbortController()
    const events = runBlocks(file, file.blocks, newSession('r'), ports, { signal })
    let lines = 0
    for await (const event of events) {
      if (event.kind !== 'block-progress' || event.progress.kind !== 'output') continue
      await settle()
      assert.equal(read, lines)
      lines++
    }
    assert.equal(lines, 100)
  })
})

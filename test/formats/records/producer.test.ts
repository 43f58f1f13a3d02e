import assert from 'node:assert/strict'
import fc from 'fast-check'
import { recordProducer, recordProducers } from '../../../src/formats/records/producer.ts'
import type { KafkaRecord } from '../../../src/kafka/record.ts'
import { check } from '../../../src/language/check/check.ts'
import { parse } from '../../../src/language/parse.ts'
import { runnableOf } from '../../../src/language/runnable.ts'
import { definitionsOf } from '../../../src/language/vocabulary.ts'
import { producerPlan } from '../../../src/run/producerPlan.ts'
import { recordMaker } from '../../../src/run/recordMaker.ts'
import { readEnvelope } from './readEnvelope.ts'
import { anyRecord, bytes, record } from './records.ts'

const sources = {
  now: () => 0,
  random: () => 0,
  uuid: () => 'uuid',
  cluster: 'local',
  loadFaker: () => Promise.resolve(undefined),
  readFile: () => Promise.reject(new Error('no file')),
  readBytes: () => Promise.reject(new Error('no file')),
}

type Content = Pick<KafkaRecord, 'key' | 'value' | 'headers'>

/** What each block of a text sends. */
async function sentBy(text: string): Promise<readonly Content[]> {
  const { file } = parse(text)
  const sent: Content[] = []
  for (const block of file.blocks) {
    assert.equal(block.kind, 'PRODUCER', text)
    const envelope = block.properties.some(({ name }) => name === 'records')
    if (envelope) {
      sent.push(...readEnvelope(block.body?.text ?? ''))
      continue
    }
    assert.ok(runnableOf(file)(block).runs, text)
    const planned = producerPlan(file, block)
    assert.ok('plan' in planned, text)
    const maker = await recordMaker(file, planned.plan, sources)
    assert.ok('make' in maker, text)
    const made = maker.make(0)
    assert.ok('record' in made, JSON.stringify(made))
    sent.push(made.record)
  }
  return sent
}

function contentOf({ key, value, headers }: Content): unknown {
  const shown = (part: Uint8Array | null) => part && Buffer.from(part).toString('latin1')
  return {
    key: shown(key),
    value: shown(value),
    headers: headers.map(([name, part]) => [name, shown(part)]),
  }
}

describe('a record as a PRODUCER', () => {
  it('says what it sends in the words of the language', () => {
    assert.equal(
      recordProducer(record()),
      `PRODUCER
-- orders, partition 0, offset 881, 2026-11-21T01:32:12.160Z
topic: orders
key: o-17
header: trace-id = a
header: reason = null
{"id":7}
`,
    )
  })

  it('can keep partition and time, and go to another topic', () => {
    const text = recordProducer(record({ partition: 3, headers: [], value: null }), {
      topic: 'copies',
      keepPartition: true,
      keepTimestamp: true,
    })
    assert.equal(
      text,
      `PRODUCER
-- orders, partition 3, offset 881, 2026-11-21T01:32:12.160Z
topic: copies
key: o-17
value-format: null
record-partition: 3
record-timestamp: epoch(1795224732160)
`,
    )
    assert.deepEqual(check(parse(text).file), [])
  })

  it('writes in base64 what the language would read in another way', () => {
    const value = 'topic: a'
    assert.ok(
      recordProducer(record({ value: bytes(value) })).endsWith(
        `value-format: bytes(base64)
header: trace-id = a
header: reason = null
dG9waWM6IGE=
`,
      ),
    )
    for (const { name } of definitionsOf('PRODUCER')) {
      const text = recordProducer(record({ value: bytes(`${name}: a = 1`) }))
      assert.ok(text.includes('bytes(base64)'), name)
    }
  })

  it('keeps text readable where it can', () => {
    for (const value of ['plain', 'ERROR: it broke', '{\n  "a": 1\n}', 'a\n  topic: b', 'a: b']) {
      assert.ok(recordProducer(record({ value: bytes(value) })).endsWith(`${value}\n`), value)
    }
  })

  it('is one line of an envelope where a header is no text', () => {
    const headers = [['id', Uint8Array.of(0, 255)]] as const
    assert.equal(
      recordProducer(record({ headers })),
      `PRODUCER
-- orders, partition 0, offset 881, 2026-11-21T01:32:12.160Z
topic: orders
records: envelope
{"key":"o-17","value":{"id":7},"headers":[["id",{"$base64":"AP8="}]]}
`,
    )
  })

  it('sends the same bytes, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRecord, { minLength: 1, maxLength: 3 }), async records => {
        const text = recordProducers(records)
        // K104 only guesses: a text may begin with a word that is close to a property.
        const problems = check(parse(text).file).filter(({ code }) => code !== 'K104')
        assert.deepEqual(problems, [], text)
        assert.deepEqual((await sentBy(text)).map(contentOf), records.map(contentOf), text)
      }),
      { numRuns: 40 },
    )
  })

  it('has nothing to send for a record that could not be read', () => {
    const unread = record({ error: 'corrupt' })
    assert.throws(() => recordProducer(unread), RangeError)
    assert.equal(recordProducers([unread]), '')
  })
})

import assert from 'node:assert/strict'
import { recordKcat } from '../../../src/formats/records/kcat.ts'
import type { KafkaRecord } from '../../../src/kafka/record.ts'
import { bytes, record } from './records.ts'

const brokers = 'localhost:9092'

function command(parts: Partial<KafkaRecord>, keepPartition = true): string {
  const made = recordKcat(record({ headers: [], ...parts }), { brokers, keepPartition })
  assert.ok('command' in made)
  return made.command
}

// That these commands send what they should is tried with kcat itself: test/kafka/kcatCommand.test.ts.
describe('a record as a command line for kcat', () => {
  it('has the partition chosen as a Java client does, unless it is kept', () => {
    const made = recordKcat(record(), { brokers: '<broker>', topic: 'copies' })
    assert.ok('command' in made)
    assert.equal(
      made.command,
      `printf '%s' '{"id":7}' | kcat -P -b '<broker>' -t copies` +
        ` -X topic.partitioner=murmur2_random -k o-17 -H 'trace-id=a' -H reason`,
    )
    assert.match(command({ partition: 3 }), / -p 3 /)
  })

  const to = 'kcat -P -b localhost:9092 -t orders -p 0'
  const COMMANDS: readonly (readonly [name: string, Partial<KafkaRecord>, string])[] = [
    ['no key', { key: null }, `printf '%s' '{"id":7}' | ${to}`],
    ['quotes', { value: bytes("it's") }, String.raw`printf '%s' 'it'\''s' | ${to} -k o-17`],
    ['lines', { value: bytes('a\n|') }, `printf '%s' 'a\n|' | ${to} -D '<1>' -k o-17`],
    ['null', { value: null }, `printf '%s' 'o-17|' | ${to} -K '|' -Z`],
    ['empty', { value: bytes('') }, `printf '%s' 'o-17|' | ${to} -K '|'`],
    [
      'null and an empty key',
      { key: bytes(''), value: null },
      `printf '%s' '|' | ${to} -K '|' -Z -k ''`,
    ],
    [
      'bytes',
      { value: Uint8Array.of(0, 65, 37, 255) },
      String.raw`printf '\000A\045\377' | ${to} -k o-17`,
    ],
    [
      'a key of bytes',
      { key: Uint8Array.of(255) },
      String.raw`printf '\377|{"id":7}' | ${to} -K '|'`,
    ],
  ]
  for (const [name, parts, expected] of COMMANDS) {
    it(`sends ${name}`, () => {
      assert.equal(command(parts), expected)
    })
  }

  const OBSTACLES: readonly (readonly [Partial<KafkaRecord>, string])[] = [
    [{ error: 'corrupt' }, 'it could not be read'],
    [{ key: null, value: bytes('') }, 'it has no key and an empty value'],
    [{ headers: [['', null]] }, 'one of its headers has no name'],
    [{ headers: [['a=b', null]] }, 'its header "a=b" has "=" in its name'],
    [{ headers: [['n', Uint8Array.of(1, 0)]] }, 'its header "n" holds a zero byte'],
  ]
  for (const [parts, reason] of OBSTACLES) {
    it(`says that ${reason}`, () => {
      const made = recordKcat(record(parts), { brokers })
      assert.ok('problem' in made)
      assert.equal(made.problem.message, `kcat cannot send this record: ${reason}.`)
    })
  }
})

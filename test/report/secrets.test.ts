import assert from 'node:assert/strict'
import fc from 'fast-check'
import { parse } from '../../src/language/parse.ts'
import { reportOf } from '../../src/language/report.ts'
import { newCollector } from '../../src/report/collect.ts'
import { jsonReport } from '../../src/report/json.ts'
import { junitReport } from '../../src/report/junit.ts'
import type { RunOutcome } from '../../src/report/outcome.ts'
import { tapReport } from '../../src/report/tap.ts'
import { runBlocks } from '../../src/run/engine.ts'
import type { RunEvent } from '../../src/run/events.ts'
import type { RunPorts } from '../../src/run/ports.ts'
import { newRedaction } from '../../src/run/redaction.ts'
import type { BlockResult } from '../../src/run/results.ts'
import { newSession } from '../../src/run/session.ts'
import { collect, patientClock } from '../run/fixtures.ts'
import { memoryCluster } from '../run/memoryCluster.ts'
import { textOf } from './golden.ts'
import { junitProblems } from './junitSchema.ts'

const CANARY = 'canary'

/** Any characters around the word that must not appear, but no line ends: a label has none. */
const secrets = fc
  .tuple(fc.string({ unit: 'binary', maxLength: 8 }), fc.string({ unit: 'binary', maxLength: 8 }))
  .map(([before, after]) => `x${before}${CANARY}${after}x`.replaceAll(/\s/g, '_'))

/** A result that has the text wherever a result can have one. */
function resultWith(text: string, status: BlockResult['status']): BlockResult {
  return {
    block: 0,
    status,
    startedAt: 0,
    milliseconds: 1,
    problem: { code: 'K301', message: `a ${text}.`, advice: text, detail: `b${text}` },
    ...(status === 'failed' && {
      failure: {
        message: text,
        read: `read ${text}`,
        closest: {
          partition: 0,
          offset: 1n,
          key: text,
          why: text,
          differences: [{ path: text, expected: JSON.stringify(text), actual: text }],
        },
        undecodable: { count: 1, first: text },
        failures: { count: 2, first: text },
      },
    }),
    details: { kind: 'expected', topic: text, read: 1, matched: 0 },
    notice: text,
    captures: [['seen', text]],
  }
}

describe('Secrets in reports', () => {
  it('appear in none, wherever they stand', () => {
    const statuses = fc.constantFrom('passed', 'failed', 'skipped', 'stopped', 'refused')
    fc.assert(
      fc.property(secrets, statuses, (secret, status) => {
        const run = outcomeOf(secret, status)
        for (const report of reportsOf(run)) assert.ok(!report.includes(CANARY), report)
        assert.deepEqual(junitProblems(junitReport(run)), [])
      }),
      { numRuns: 8 },
    )
  })
})

/** With all that is written in another way somewhere: in JSON, in CEL, in a URL, on a terminal. */
const AWKWARD = 'c4n4ry \'"\\/äß\u0007 ${x} {{y}} %41 </b> ]]>'

describe('Secrets of a run', () => {
  const secrets = {
    stored: `stored ${AWKWARD}`,
    asked: `asked ${AWKWARD}`,
    hidden: `hidden ${AWKWARD}`,
  }

  /** Each secret goes into all parts of a record, comes back in many ways, and is expected in vain. */
  const TEXT = `@stored = {{$secret token}}
@asked = {{$prompt Password of ann}}
@filler = ${'-'.repeat(68)}
@long = {{filler}}{{asked}}

PRODUCER sent
topic: orders
key: {{stored}}
header: pin = {{asked}}
capture: all = [key, headers["pin"], value.c]
{ "a": {{json stored}}, "b": {{json asked}}, "c": {{json hidden}} }
###
EXPECT found
topic: orders
capture: seen = [value.a, value.b, value.c]
key: {{stored}}
###
EXPECT another
topic: orders
within: 1s
key: not {{stored}}
match: value.a == "x{{asked}}" || value.b == 'y{{hidden}}'
match: value.c == {{hidden}} + "z"
{ "a": "not {{asked}}", "b": { "c": {{json hidden}} }, "c": {{stored}} }
###
EXPECT by-expression
topic: orders
{ "c": "#regex {{hidden}}" }
###
EXPECT judged
topic: orders
assert: value.a == "{{asked}}"
assert: [value.a, value.b, value.c, key] == []
###
EXPECT judged-again
topic: orders
assert: int(value.a + "{{hidden}}") == 1
###
EXPECT {{stored}}
topic: orders
within: 1s
match: value.nothing == "{{all}}{{seen}}"
{ "n": 1 }
###
CONSUMER
topic: orders
to: latest
filter: int(key) == 1
###
CONSUMER
topic: orders
to: latest
output: json
###
TOPIC
topic: no such {{asked}}
###
EXPECT GROUP {{hidden}}
topic: orders
within: 1s
assert: lag == 0 && "{{asked}}" != ""
###
PRODUCER
topic: orders
key: {{filler}}{{stored}}
{ "d": {{json long}} }
###
EXPECT shortened
topic: orders
within: 1s
key: none
{ "d": "{{filler}}x" }
###
PRODUCER
topic: orders
record-partition: 0
record-timestamp: {{asked}}
value-format: long
{{hidden}}
`

  it('appear in no event and in no report, wherever they come from and wherever they go', async () => {
    const { file } = parse(TEXT)
    const session = newSession('run-1')
    const unused = () => Promise.reject(new Error('not used in this test'))
    const memory = memoryCluster({ orders: 1 })
    const given = new Map([['hidden', { text: secrets.hidden, secret: true, source: 'private' }]])
    const ports: RunPorts = {
      clock: patientClock(1_000_000),
      random: () => 0.5,
      uuid: () => 'uuid',
      toLocalEpoch: (year, month, ...rest) => Date.UTC(year, month - 1, ...rest),
      cluster: name =>
        Promise.resolve({
          name: name ?? 'local',
          cluster: memory.cluster,
          protected: false,
          disposable: false,
        }),
      files: { text: unused, bytes: unused, stream: () => assert.fail(), write: unused },
      values: {
        given,
        environment: () => undefined,
        dotenv: unused,
        secret: () => Promise.resolve(secrets.stored),
        prompt: () => Promise.resolve(secrets.asked),
      },
      loadFaker: unused,
      isOurs: () => false,
    }
    const collector = newCollector({
      name: 'a.kafka',
      file,
      problems: reportOf('a.kafka', TEXT, { given }).problems,
      startedAt: 0,
      redact: each => session.redaction.text(each),
    })
    const { signal } = new AbortController()
    const events = await collect(runBlocks(file, file.blocks, session, ports, { signal }), 10_000)
    for (const event of events) collector.take(event)
    const outcome = { ...collector.outcome(), milliseconds: 1 }
    const run = { startedAt: 0, milliseconds: 1, files: [outcome] }
    assert.deepEqual(
      outcome.blocks.map(({ result }) => result.status),
      [
        ...['passed', 'passed', 'failed', 'refused', 'failed', 'failed', 'failed'],
        ...['passed', 'passed', 'passed', 'failed', 'passed', 'failed', 'refused'],
      ],
    )
    for (const shown of [JSON.stringify(events, plain), ...reportsOf(run)])
      assert.ok(!shown.includes('c4n'), shown)
    const told = textOf(run, { colours: false, detail: 'normal' })
    for (const line of TOLD) assert.ok(told.includes(line), `${line} is not in ${told}`)
  })
})

const TOLD = [
  'key *** (key differs, does not hold: value.a == "x***" || value.b == \'y***\', ',
  'a    expected "not ***"   got "***"',
  'expected true   got false: value.a = "***"',
  `key ${'-'.repeat(68)}***…`,
]

function plain(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : value
}

function reportsOf(run: RunOutcome): readonly string[] {
  return [
    junitReport(run),
    tapReport(run),
    jsonReport(run),
    textOf(run, { colours: true, detail: 'verbose' }),
    textOf(run, { colours: false, detail: 'quiet' }),
  ]
}

/** The file says the secret in a label and in what the checks complain about. */
function outcomeOf(secret: string, status: BlockResult['status']): RunOutcome {
  const redaction = newRedaction()
  redaction.add(secret)
  const text = `EXPECT ${secret}\ntopic: ${secret}\nfrom: ${secret}\n{}\n`
  const collector = newCollector({
    name: 'a.kafka',
    file: parse(text).file,
    problems: reportOf('a.kafka', text).problems,
    startedAt: 0,
    redact: each => redaction.text(each),
  })
  const event: RunEvent = { kind: 'block-ended', block: 0, result: resultWith(secret, status) }
  collector.take(redaction.all(event))
  const file = { ...collector.outcome(), milliseconds: 1 }
  return { startedAt: 0, milliseconds: 1, files: [file] }
}

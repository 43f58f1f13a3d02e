import assert from 'node:assert/strict'
import fc from 'fast-check'
import { parse } from '../../src/language/parse.ts'
import { reportOf } from '../../src/language/report.ts'
import { newCollector } from '../../src/report/collect.ts'
import { jsonReport } from '../../src/report/json.ts'
import { junitReport } from '../../src/report/junit.ts'
import type { RunOutcome } from '../../src/report/outcome.ts'
import { tapReport } from '../../src/report/tap.ts'
import type { RunEvent } from '../../src/run/events.ts'
import { newRedaction } from '../../src/run/redaction.ts'
import type { BlockResult } from '../../src/run/results.ts'
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
      { numRuns: 20 },
    )
  })
})

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

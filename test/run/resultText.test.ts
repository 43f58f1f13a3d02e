import assert from 'node:assert/strict'
import { CANCELLED, type BlockResult, type ExpectFailure } from '../../src/run/results.ts'
import { inlineResult } from '../../src/vscode/run/resultText.ts'

/** What stands behind the header of a block that ended so. */
function text(result: Partial<BlockResult>): string | undefined {
  const whole: BlockResult = {
    block: 0,
    status: 'passed',
    startedAt: 0,
    milliseconds: 238,
    details: { kind: 'none' },
    captures: [],
    ...result,
  }
  return inlineResult({ kind: 'ended', result: whole, told: '' })?.text
}

describe('what stands behind an EXPECT', () => {
  const details = { kind: 'expected', topic: 'orders', read: 3, matched: 1 } as const
  const record = { partition: 4, offset: 1072n, latency: 272 }
  const failure: ExpectFailure = {
    message: 'no matching record within 2s',
    read: 'read 16 records from orders [0-5] since 08:58:42.675 (run mark)',
  }
  const closest = {
    partition: 3,
    offset: 1171n,
    key: 'o-1',
    why: 'value differs',
    differences: [
      { path: 'status', expected: '"PRICED"', actual: '"NEW"' },
      { path: 'total', expected: '1000', actual: '77' },
    ],
  }

  it('tells where the record is and how long it took', () => {
    assert.equal(
      text({ details: { ...details, record } }),
      '✓ partition 4 · offset 1,072 · latency 272 ms',
    )
    assert.equal(
      text({ details: { ...details, matched: 2, record: { partition: 0, offset: 5n } } }),
      '✓ 2 records · partition 0 · offset 5 · 238 ms',
    )
  })

  it('tells what somebody did not want as no failure', () => {
    const problem = { code: CANCELLED, message: 'Not sent: cancelled.' }
    assert.equal(text({ status: 'stopped', problem }), '– not sent: cancelled')
    assert.equal(text({ status: 'stopped' }), 'stopped')
  })

  it('tells that nothing came where nothing was to come', () => {
    assert.equal(
      text({ details: { ...details, matched: 0 } }),
      '✓ no record matched · 3 records read · 238 ms',
    )
  })

  it('tells what came closest, and how it differs', () => {
    assert.equal(text({ status: 'failed', failure, details }), '✗ no matching record within 2s')
    assert.equal(
      text({ status: 'failed', failure: { ...failure, closest }, details }),
      '✗ no matching record within 2s · closest: status expected "PRICED" got "NEW", 1 more',
    )
  })

  it('tells the lag of a group', () => {
    const group = { kind: 'group', group: 'billing' } as const
    const late = { ...failure, message: 'not so within 2s: lag == 0' }
    assert.equal(
      text({ status: 'failed', failure: late, details: { ...group, lag: 1837n } }),
      '✗ not so within 2s: lag == 0 · lag 1,837',
    )
    assert.equal(
      text({ status: 'failed', failure: late, details: group }),
      '✗ not so within 2s: lag == 0 · lag unknown',
    )
  })
})

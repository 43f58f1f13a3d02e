import type { Problem } from '../base/problem.ts'
import type { OutgoingRecord, ProduceOutcome } from '../kafka/cluster.ts'
import type { LastRecord, ProduceTotals } from './events.ts'

/** Failures that are kept with their reasons; the others are counted. */
export const MOST_FAILURES = 20

/** Counts what becomes of the records of a run, however many there are. */
export interface Tally {
  sent(topic: string, count: number): void
  /** What became of a record that was sent. */
  outcome(topic: string, record: OutgoingRecord, outcome: ProduceOutcome): void
  /** What became of so many that have one fate, of which this is the last. */
  outcomes(topic: string, count: number, last: OutgoingRecord, outcome: ProduceOutcome): void
  /** A record that was not made, and so not sent. */
  notMade(problem: Problem): void
  totals(): ProduceTotals
}

export function newTally(topic: string, startedAt: number, now: () => number): Tally {
  let lastTopic = topic
  let sent = 0
  let acknowledged = 0
  let failed = 0
  let last: LastRecord | undefined
  const failures: Problem[] = []
  const fail = (problem: Problem, count = 1) => {
    failed += count
    for (let left = count; left > 0 && failures.length < MOST_FAILURES; left--)
      failures.push(problem)
  }
  const outcomes: Tally['outcomes'] = (to, count, record, outcome) => {
    if (outcome.problem) {
      fail(outcome.problem, count)
      return
    }
    acknowledged += count
    last = { topic: to, record, outcome }
  }
  return {
    sent: (to, count) => {
      lastTopic = to
      sent += count
    },
    outcome: (to, record, outcome) => outcomes(to, 1, record, outcome),
    outcomes,
    notMade: problem => fail(problem),
    totals: () => ({
      topic: lastTopic,
      sent,
      acknowledged,
      failed,
      failures: [...failures],
      ...(last && { last }),
      milliseconds: now() - startedAt,
    }),
  }
}

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
  const fail = (problem: Problem) => {
    failed++
    if (failures.length < MOST_FAILURES) failures.push(problem)
  }
  return {
    sent: (to, count) => {
      lastTopic = to
      sent += count
    },
    outcome: (to, record, outcome) => {
      if (outcome.problem) {
        fail(outcome.problem)
        return
      }
      acknowledged++
      last = { topic: to, record, outcome }
    },
    notMade: fail,
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

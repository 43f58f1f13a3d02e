import type { Problem } from '../../base/problem.ts'
import { isLoss } from '../clusters/connections.ts'

/** Whether trying again without the user can help: a broker may come back, a password does not change. */
export function mayHeal(problem: Problem): boolean {
  return isLoss(problem) && !NEEDS_USER.test(problem.code)
}

const NEEDS_USER =
  /password|passphrase|login|sasl|mechanism|tls|certificate|key|pem|settings|address|no-such|no-brokers/

/** When the next try is due, after so many in vain: 2 s, then twice as long, at most 30 s. */
export function retryDelay(failures: number): number {
  return Math.min(2_000 * 2 ** failures, 30_000)
}

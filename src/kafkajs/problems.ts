import { ProblemError, type Problem } from '../base/problem.ts'
import { kafkaError } from './errorCodes.ts'

/** These name what the user asked for; the broker's own sentence says it better than a general one. */
const BROKER_SAYS_IT_BETTER = new Set([
  'INVALID_TOPIC_EXCEPTION',
  'INVALID_PARTITIONS',
  'INVALID_REPLICATION_FACTOR',
  'INVALID_REPLICA_ASSIGNMENT',
  'INVALID_CONFIG',
  'INVALID_REQUEST',
  'POLICY_VIOLATION',
  'INVALID_RECORD',
])

/**
 * The problem that an error code of a broker's answer stands for; undefined for 0. `subject` says
 * about what, such as `Topic orders`; `said` is the broker's own sentence, where it sent one.
 */
export function kafkaProblem(
  code: number,
  subject: string,
  said?: string | null,
): Problem | undefined {
  if (code === 0) return undefined
  const error = kafkaError(code)
  const name = `${error.name} (${code})`
  const own = error.words ?? `Kafka answered ${name}`
  const sentence = said && BROKER_SAYS_IT_BETTER.has(error.name) ? said : own
  return {
    code: error.name,
    message: `${subject}: ${sentence.replace(/[.\s]+$/, '')}.`,
    ...(error.advice !== undefined && { advice: error.advice }),
    detail: said === '' ? name : (said ?? name),
  }
}

/** Throws the problem of an error code that leaves a call without any answer. */
export function throwOnError(code: number, subject: string, said?: string | null): void {
  const problem = kafkaProblem(code, subject, said)
  if (problem) throw new ProblemError(problem)
}

/** A problem without the fields that are not known. */
export function problem(code: string, message: string, advice?: string, detail?: string): Problem {
  return {
    code,
    message,
    ...(advice !== undefined && { advice }),
    ...(detail !== undefined && { detail }),
  }
}

/** What stands beside an item that has a problem; nothing where it has none. */
export function withProblem(found: Problem | undefined): { readonly problem?: Problem } {
  return found ? { problem: found } : {}
}

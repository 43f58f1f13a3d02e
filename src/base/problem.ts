/**
 * What went wrong, in words for the person who sees it. A broker that misbehaves is a result, not
 * an exception: a `Problem` stands beside the item it is about and the other items go on.
 */
export interface Problem {
  /**
   * A stable name to branch on and to test: Kafka's own error name (`TOPIC_AUTHORIZATION_FAILED`)
   * where the broker answered, else one of ours in lower case (`refused`, `wrong-password`).
   */
  readonly code: string
  /** One sentence: what is wrong and where. Ends with a full stop. */
  readonly message: string
  /** One sentence: what to do about it. */
  readonly advice?: string
  /** The underlying error's own text, for the log and for "show details". */
  readonly detail?: string
}

/** Carries a `Problem` through code that throws: connecting, and calls with one single outcome. */
export class ProblemError extends Error {
  readonly problem: Problem

  constructor(problem: Problem, options?: { cause?: unknown }) {
    super(problem.advice ? `${problem.message} ${problem.advice}` : problem.message, options)
    this.name = 'ProblemError'
    this.problem = problem
  }
}

/** The problem of anything thrown; an unknown error keeps its own text. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem
  const text = error instanceof Error ? error.message : String(error)
  return { code: 'unexpected', message: text }
}

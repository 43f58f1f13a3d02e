import type { Problem } from '../base/problem.ts'
import { compileCondition, type Condition } from '../expression/compile.ts'
import { notAnExpression } from './capturing.ts'

/** Compiles conditions, of which all must hold; the first that does not compile is a problem (K320). */
export function conditionsOf(
  texts: readonly string[],
): { readonly conditions: readonly Condition[] } | { readonly problem: Problem } {
  const conditions: Condition[] = []
  for (const text of texts) {
    const compiled = compileCondition(text)
    if ('problem' in compiled)
      return notAnExpression(text, compiled.problem.message, compiled.problem)
    conditions.push(compiled)
  }
  return { conditions }
}

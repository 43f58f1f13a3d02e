import { Emitter, type Event } from '../../base/events.ts'
import type { Disposable } from '../../base/dispose.ts'
import type { Log } from '../../base/log.ts'
import { problemOf } from '../../base/problem.ts'
import { hasExpressions } from '../../language/check/expressions.ts'
import type { Knowledge } from '../../language/check/knowledge.ts'
import type { KafkaFile } from '../../language/tree.ts'

/** The check of expressions, whose library is loaded with the first file that has any. */
export interface Expressions extends Disposable {
  /** Undefined until it is loaded, and where the file has no expression. */
  checkOf(file: KafkaFile): Knowledge['checkExpression']
  /** It was loaded. */
  readonly onDidChange: Event<void>
}

export function createExpressions(log: Log): Expressions {
  const changed = new Emitter<void>()
  let check: Knowledge['checkExpression']
  let isAsked = false
  const load = async () => {
    try {
      const { newExpressionCheck } = await import('../lazy/expression.ts')
      check = newExpressionCheck()
      changed.fire()
    } catch (error) {
      log.debug(`Expressions cannot be checked: ${problemOf(error).message}`)
    }
  }
  return {
    checkOf(file) {
      if (!isAsked && hasExpressions(file)) {
        isAsked = true
        void load()
      }
      return check
    },
    onDidChange: changed.event,
    dispose: () => {
      changed.dispose()
    },
  }
}

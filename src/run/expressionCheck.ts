import {
  compileCondition,
  compileGroupCondition,
  compileGroupSelection,
  compileSelection,
} from '../expression/compile.ts'
import type { ExpressionMistake, ExpressionUse, Knowledge } from '../language/check/knowledge.ts'

/** Expressions of one use whose answer is kept: a file that is being written is checked with each pause. */
const MOST_KEPT = 2_000

/** Longer ones are refused: nobody writes them, and compiling them takes long. */
const LONGEST = 20_000

/**
 * Tells the checks of the language what is wrong with an expression (K320). Compiling costs, so
 * that one and the same text is compiled once.
 */
export function newExpressionCheck(): NonNullable<Knowledge['checkExpression']> {
  const keptOf = {
    record: { truth: newKept(), value: newKept() },
    group: { truth: newKept(), value: newKept() },
  }
  return (text, use) => {
    const kept = keptOf[use.about][use.gives]
    const known = kept.get(text)
    if (known) return known.mistake
    const mistake = mistakeIn(text, use)
    if (kept.size >= MOST_KEPT) kept.clear()
    kept.set(text, { mistake })
    return mistake
  }
}

type Kept = Map<string, { readonly mistake: ExpressionMistake | undefined }>

function newKept(): Kept {
  return new Map()
}

const COMPILE = {
  record: { truth: compileCondition, value: compileSelection },
  group: { truth: compileGroupCondition, value: compileGroupSelection },
} as const

function mistakeIn(text: string, { gives, about }: ExpressionUse): ExpressionMistake | undefined {
  if (text.length > LONGEST)
    return { message: `An expression has at most ${LONGEST} characters.`, from: 0, to: 0 }
  const compiled = COMPILE[about][gives](text)
  return 'problem' in compiled ? compiled.problem : undefined
}

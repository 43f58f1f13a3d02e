import type { Problem } from '../base/problem.ts'
import { compileSelection, type Compiled, type Selection } from '../expression/compile.ts'
import { jsonOf, type PlainValue } from '../expression/plain.ts'
import type { Variables } from '../expression/variables.ts'
import { parseCapture } from '../language/values/captures.ts'

/** One `capture: name = expression`. */
export interface Capture<V = Variables> {
  readonly name: string
  readonly selection: Selection<V>
}

export type Captured =
  | { readonly values: readonly (readonly [name: string, value: PlainValue])[] }
  | { readonly problem: Problem }

export function capturesOf<V = Variables>(
  texts: readonly string[],
  compile: (text: string) => Compiled<Selection<V>>,
): { readonly captures: readonly Capture<V>[] } | { readonly problem: Problem } {
  const captures: Capture<V>[] = []
  for (const text of texts) {
    const written = parseCapture(text)
    if (!written) return notAnExpression(text, 'It needs a name and "=".')
    const selection = compile(written.expression.text)
    if ('problem' in selection)
      return notAnExpression(written.expression.text, selection.problem.message, selection.problem)
    captures.push({ name: written.name.text, selection })
  }
  return { captures }
}

export const recordCaptures = (texts: readonly string[]) => capturesOf(texts, compileSelection)

/** K320, with the caret where the expression stops making sense. */
export function notAnExpression(
  text: string,
  message: string,
  place?: { readonly from: number },
): { readonly problem: Problem } {
  const detail = place ? `${text}\n${' '.repeat(place.from)}^` : text
  return { problem: { code: 'K320', message: `"${text}" cannot be used: ${message}`, detail } }
}

/** The values of all captures, or why the first of them has none. */
export function capture<V>(captures: readonly Capture<V>[], variables: V): Captured {
  const values: (readonly [string, PlainValue])[] = []
  for (const { name, selection } of captures) {
    const result = selection.evaluate(variables)
    if ('failure' in result) {
      const message = `"${name}" cannot be captured from "${selection.text}": ${result.failure}`
      return { problem: { code: 'not-captured', message } }
    }
    values.push([name, result.value])
  }
  return { values }
}

/** As it is shown, and as it is put into texts. */
export function capturedText(value: PlainValue): string {
  return typeof value === 'string' ? value : jsonOf(value)
}

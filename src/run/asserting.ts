import { compileSelection, type Condition } from '../expression/compile.ts'
import { fieldPaths } from '../expression/fieldPaths.ts'
import { jsonOf } from '../expression/plain.ts'
import type { Variables } from '../expression/variables.ts'
import type { KafkaRecord } from '../kafka/record.ts'
import type { Difference } from './results.ts'

/** An `assert` that does not hold for a record. */
export interface Broken {
  readonly record: KafkaRecord
  readonly condition: string
  readonly difference: Difference
}

/** The first `assert` that does not hold; undefined: all hold. */
export function brokenOf(
  asserts: readonly Condition[],
  { record, variables }: { readonly record: KafkaRecord; readonly variables: Variables },
): Broken | undefined {
  for (const condition of asserts) {
    const result = condition.evaluate(variables)
    if (result === true) continue
    return {
      record,
      condition: condition.text,
      difference: brokenAssert(condition, result, variables),
    }
  }
  return undefined
}

const LONGEST = 80

/** With what the fields of the condition are, which its text does not tell. */
function brokenAssert(
  { text }: Condition,
  result: ReturnType<Condition['evaluate']>,
  variables: Variables,
): Difference {
  if (typeof result !== 'boolean') return { path: text, expected: 'true', actual: result.failure }
  const values = valuesIn(text, variables)
  return {
    path: text,
    expected: 'true',
    actual: values.length === 0 ? 'false' : `false: ${values.join(', ')}`,
  }
}

/** `value.total = 25`. */
function valuesIn(text: string, variables: Variables): readonly string[] {
  const names = new Set(fieldPaths(text).map(({ path }) => path))
  for (const name of SCALARS) if (new RegExp(`\\b${name}\\b`).test(text)) names.add(name)
  return [...names].flatMap(path => {
    const selection = compileSelection(path)
    const result = 'problem' in selection ? undefined : selection.evaluate(variables)
    if (!result || 'failure' in result) return []
    const json = jsonOf(result.value)
    return [`${path} = ${json.length > LONGEST ? `${json.slice(0, LONGEST)}…` : json}`]
  })
}

const SCALARS = ['latency', 'partition', 'offset', 'size'] as const

import { compileSelection, type Condition } from '../expression/compile.ts'
import { fieldPaths } from '../expression/fieldPaths.ts'
import { jsonOf } from '../expression/plain.ts'
import type { Variables } from '../expression/variables.ts'
import type { KafkaRecord } from '../kafka/record.ts'
import type { Difference } from './results.ts'

/** A record for which not every `assert` holds. */
export interface Broken {
  readonly record: KafkaRecord
  /** Each `assert` that does not hold, in their order: at least one. */
  readonly differences: readonly Difference[]
}

/** Undefined: each `assert` holds. */
export function brokenOf(
  asserts: readonly Condition[],
  { record, variables }: { readonly record: KafkaRecord; readonly variables: Variables },
): Broken | undefined {
  const differences = asserts.flatMap(condition => {
    const result = condition.evaluate(variables)
    return result === true ? [] : [brokenAssert(condition, result, variables)]
  })
  return differences.length === 0 ? undefined : { record, differences }
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

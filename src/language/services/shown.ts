import { declaredOf } from '../declared.ts'
import type { GivenText } from '../given.ts'
import { scopeOf, sourceOf, type NameScope } from '../names.ts'
import { callOf, scanTemplates } from '../template.ts'
import type { KafkaFile } from '../tree.ts'

/** What stands in place of a secret. */
export const HIDDEN = '***'

/** Longer texts are cut: they are read in passing. */
const LONGEST = 500

/**
 * A text with what is known of its templates without running anything: variables of the file and
 * values from outside. Secrets are hidden; what only a run knows stays as it is written.
 */
export function shownText(
  file: KafkaFile,
  text: string,
  given: ReadonlyMap<string, GivenText> = new Map(),
): string {
  return shown(text, file, given, scopeOf(file, given.keys()), [])
}

/** The text of a name; `undefined`: it is neither a variable nor given. */
export function shownValue(
  file: KafkaFile,
  name: string,
  given: ReadonlyMap<string, GivenText> = new Map(),
): string | undefined {
  return valueOf(name, file, given, scopeOf(file, given.keys()), [])
}

function shown(
  text: string,
  file: KafkaFile,
  given: ReadonlyMap<string, GivenText>,
  scope: NameScope,
  open: readonly string[],
): string {
  if (!text.includes('{{')) return cut(text)
  let result = ''
  for (const part of scanTemplates(text.slice(0, 2 * LONGEST)).parts) {
    if (result.length > LONGEST) break
    const call = part.kind === 'expression' ? callOf(part.text) : undefined
    const source = call && sourceOf(call, scope)
    const isText = call && (source === 'variable' || source === 'given')
    const value = isText ? valueOf(call.name, file, given, scope, open) : undefined
    result += value ?? (part.kind === 'text' ? part.text : part.raw)
  }
  return cut(result)
}

function valueOf(
  name: string,
  file: KafkaFile,
  given: ReadonlyMap<string, GivenText>,
  scope: NameScope,
  open: readonly string[],
): string | undefined {
  if (open.includes(name) || open.length > 20) return undefined
  const outside = given.get(name)
  const variable = declaredOf(file).variables.get(name)?.at(-1)
  if (variable && !outside?.overrides)
    return shown(variable.value, file, given, scope, [...open, name])
  if (!outside) return undefined
  if (outside.secret) return HIDDEN
  return outside.templates
    ? shown(outside.text, file, given, scope, [...open, name])
    : cut(outside.text)
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

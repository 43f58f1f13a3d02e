import { declaredOf } from '../declared.ts'
import type { GivenText } from '../given.ts'
import { scopeOf, sourceOf } from '../names.ts'
import { callOf, scanTemplates } from '../template.ts'
import type { KafkaFile } from '../tree.ts'

/** What stands in place of a secret. */
const HIDDEN = '***'

/** Longer texts are cut: they are read in passing. */
const LONGEST = 500

/** Shows texts of one file. */
export interface Shown {
  /** The text of a name; `undefined`: it is neither a variable nor given. */
  value(name: string): string | undefined
}

/**
 * Texts with what is known of their templates without running anything: variables of the file and
 * values from outside. Secrets are hidden; what only a run knows stays as it is written.
 */
export function shownIn(file: KafkaFile, given: ReadonlyMap<string, GivenText> = new Map()): Shown {
  const scope = scopeOf(file, given.keys())
  const { variables } = declaredOf(file)
  const values = new Map<string, string>()

  function shown(text: string, open: readonly string[]): string {
    if (!text.includes('{{')) return cut(text)
    let result = ''
    for (const part of scanTemplates(text.slice(0, 2 * LONGEST)).parts) {
      if (result.length > LONGEST) break
      const call = part.kind === 'expression' ? callOf(part.text) : undefined
      const source = call && sourceOf(call, scope)
      const isText = call && (source === 'variable' || source === 'given')
      const value = isText ? valueOf(call.name, open) : undefined
      result += value ?? (part.kind === 'text' ? part.text : part.raw)
    }
    return cut(result)
  }

  /** Each name once: names that use others twice, and these others again, would never end. */
  function valueOf(name: string, open: readonly string[]): string | undefined {
    if (open.includes(name) || open.length > DEEPEST) return undefined
    const known = values.get(name)
    if (known !== undefined) return known
    const value = valueAnew(name, open)
    if (value !== undefined) values.set(name, value)
    return value
  }

  function valueAnew(name: string, open: readonly string[]): string | undefined {
    const outside = given.get(name)
    const variable = variables.get(name)?.at(-1)
    if (variable && !outside?.overrides) return shown(variable.value, [...open, name])
    if (outside?.secret) return HIDDEN
    return outside?.templates ? shown(outside.text, [...open, name]) : outside && cut(outside.text)
  }

  return { value: name => valueOf(name, []) }
}

/** Names in names in names: more of them are shown as they are written. */
const DEEPEST = 20

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

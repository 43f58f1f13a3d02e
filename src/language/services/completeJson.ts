import type { Block, KafkaFile, Word } from '../tree.ts'
import { readJson } from '../values/json.ts'
import { EXACT, EXACT_DOCUMENTATION, PATTERN_KINDS } from '../values/patterns.ts'
import { fieldsFor } from './known.ts'
import type { Completion, CompletionKnowledge, JsonField } from './offers.ts'

/** Units before an offset that are read: a place further down a large value goes without fields. */
const MOST_READ = 100_000

/** The fields of JSON, and the kinds of a pattern, in the text that is being written at an offset. */
export function completeJson(
  file: KafkaFile,
  block: Block,
  body: Word,
  offset: number,
  knowledge: CompletionKnowledge,
): readonly Completion[] {
  const written = file.text.slice(body.span.start, offset)
  const open = /"([^"\\\r\n]*)$/.exec(written.slice(-300))
  if (!open) return []
  const rest = /^[^"\r\n]*/.exec(file.text.slice(offset, offset + 300))?.[0] ?? ''
  const isClosed = file.text[offset + rest.length] === '"'
  const start = offset - (open[1] ?? '').length
  const place = { span: { start, end: isClosed ? offset + rest.length : offset } }
  const before = written.slice(0, written.length - open[0].length)
  if (before.length > MOST_READ) return []
  const at = placeIn(before)
  if (!at) return []
  const offer = (label: string, more: Partial<Completion> = {}): Completion => ({
    label,
    kind: 'value',
    insert: isClosed ? label : `${label}"`,
    ...more,
    ...place,
  })
  if (at.expects === 'name') {
    const fields = fieldsAt(fieldsFor(file, block, knowledge), at.path)
    return [
      ...fields.map(({ name, holds }) =>
        offer(name, { kind: 'field', ...(holds !== undefined && { detail: holds }) }),
      ),
      ...(block.kind === 'EXPECT' ? [offer(EXACT, { documentation: EXACT_DOCUMENTATION })] : []),
    ]
  }
  if (block.kind !== 'EXPECT') return []
  return PATTERN_KINDS.map(({ name, documentation, argument }) =>
    offer(argument ? `${name} ` : name, {
      documentation,
      ...(argument && { insert: `${name} ` }),
    }),
  )
}

export interface FieldHere {
  readonly name: string
  readonly holds?: string
}

/** The fields that stand right below a path. */
export function fieldsAt(
  fields: readonly JsonField[],
  path: readonly string[],
): readonly FieldHere[] {
  const here = new Map<string, FieldHere>()
  for (const { path: steps, holds } of fields) {
    const name = steps[path.length]
    if (name === undefined || name === '[]' || !path.every((step, at) => step === steps[at]))
      continue
    const isLeaf = steps.length === path.length + 1
    if (isLeaf || !here.has(name))
      here.set(name, { name, ...(isLeaf && holds !== undefined && { holds }) })
  }
  return [...here.values()]
}

interface JsonPlace {
  readonly expects: 'name' | 'value'
  /** The names that lead there; `[]`: an element of a list. */
  readonly path: readonly string[]
}

/** Where a JSON text is that ends in the middle; `undefined`: at no place for a text. */
function placeIn(text: string): JsonPlace | undefined {
  const open: { readonly kind: '{' | '['; name: string }[] = []
  let last = ''
  readJson(text, { templates: true }, (kind, start, end) => {
    const top = open.at(-1)
    if (kind === '{' || kind === '[') open.push({ kind, name: '[]' })
    else if (kind === '}' || kind === ']') open.pop()
    else if (kind === 'string' && top?.kind === '{' && (last === '{' || last === ','))
      top.name = text.slice(start + 1, end - 1)
    last = kind
  })
  const path = open.slice(0, -1).map(({ name }) => name)
  const top = open.at(-1)
  if (top?.kind === '{' && (last === '{' || last === ',')) return { expects: 'name', path }
  if (top?.kind === '{' ? last === ':' : last === '[' || last === ',' || last === '')
    return { expects: 'value', path }
  return undefined
}

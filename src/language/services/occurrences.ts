import { declaredOf, type Declared } from '../declared.ts'
import type { Span } from '../lines.ts'
import { scopeOf, type NameScope } from '../names.ts'
import { blockName, captureName, sourceAt } from '../reach.ts'
import { callOf, scanTemplates, type TemplateCall } from '../template.ts'
import { templateWordsOf, variableWordsOf, type TemplateWord } from '../templateWords.ts'
import type { Block, KafkaFile } from '../tree.ts'

/** What a name of a file can be: declared in it, or given from outside. */
export type NameKind = 'variable' | 'capture' | 'block' | 'given'

/** A place that declares or uses a name. */
export interface Occurrence {
  readonly kind: NameKind
  readonly name: string
  /** The name alone. */
  readonly span: Span
  readonly declares: boolean
}

const known = new WeakMap<KafkaFile, readonly Occurrence[]>()

/** All places of the names of a file, in its order; `given` are the names from outside. */
export function occurrencesOf(
  file: KafkaFile,
  given: ReadonlySet<string> = new Set(),
): readonly Occurrence[] {
  const before = given.size === 0 ? known.get(file) : undefined
  if (before) return before
  const scope = scopeOf(file, given)
  const declared = declaredOf(file)
  const found = [
    ...declarations(declared),
    ...variableWordsOf(file).flatMap(word => usesIn(word, undefined, scope, declared)),
    ...file.blocks.flatMap(block =>
      templateWordsOf(block).flatMap(word => usesIn(word, block, scope, declared)),
    ),
  ]
  found.sort((a, b) => a.span.start - b.span.start)
  if (given.size === 0) known.set(file, found)
  return found
}

function declarations({ variables, captures, blocks }: Declared): readonly Occurrence[] {
  const found: Occurrence[] = []
  for (const [name, all] of variables)
    for (const { nameSpan } of all)
      found.push({ kind: 'variable', name, span: nameSpan, declares: true })
  for (const [name, all] of captures)
    for (const { nameSpan } of all)
      found.push({ kind: 'capture', name, span: nameSpan, declares: true })
  for (const [name, all] of blocks)
    for (const { label } of all)
      if (label) found.push({ kind: 'block', name, span: label.span, declares: true })
  return found
}

function usesIn(
  word: TemplateWord,
  block: Block | undefined,
  scope: NameScope,
  declared: Declared,
): readonly Occurrence[] {
  return scanTemplates(word.text, word.span.start).parts.flatMap(part => {
    const call = part.kind === 'expression' ? callOf(part.text) : undefined
    const named = call && namedBy(call, block, scope, declared)
    if (part.kind === 'text' || !call || !named) return []
    const start = part.inner.start + call.nameStart
    return [{ ...named, span: { start, end: start + named.name.length }, declares: false }]
  })
}

function namedBy(
  call: TemplateCall,
  block: Block | undefined,
  scope: NameScope,
  declared: Declared,
): Pick<Occurrence, 'kind' | 'name'> | undefined {
  const source = sourceAt(call, block, { scope, declared })
  switch (source) {
    case 'variable':
    case 'given':
      return { kind: source, name: call.name }
    case 'capture':
      return { kind: 'capture', name: captureName(call, scope) }
    case 'block':
      return { kind: 'block', name: blockName(call) }
    case 'system':
    case 'faker':
    case 'legacy':
    case 'row':
    case undefined:
      return undefined
  }
}

import type { Span } from './lines.ts'
import type { Block, KafkaFile, Property, Variable } from './tree.ts'
import { parseCapture } from './values/captures.ts'

export interface Capture {
  readonly name: string
  readonly nameSpan: Span
  readonly block: Block
  readonly property: Property
}

/** What a file declares, by name, each in the order of the file. */
export interface Declared {
  readonly variables: ReadonlyMap<string, readonly Variable[]>
  readonly captures: ReadonlyMap<string, readonly Capture[]>
  /** Blocks whose records others can refer to. */
  readonly blocks: ReadonlyMap<string, readonly Block[]>
}

/** The fields of a named block: `{{order.offset}}`, `{{order.value.id}}`, `{{order.headers.x}}`. */
export const BLOCK_FIELDS: readonly string[] = [
  'offset',
  'partition',
  'timestamp',
  'key',
  'value',
  'headers',
]

const known = new WeakMap<KafkaFile, Declared>()

export function declaredOf(file: KafkaFile): Declared {
  const before = known.get(file)
  if (before) return before
  const declared = declaredIn(file)
  known.set(file, declared)
  return declared
}

function declaredIn(file: KafkaFile): Declared {
  const variables = new Map<string, Variable[]>()
  const captures = new Map<string, Capture[]>()
  const blocks = new Map<string, Block[]>()
  for (const variable of file.variables) add(variables, variable.name, variable)
  for (const block of file.blocks) {
    const { name } = block
    if (name !== undefined && (block.kind === 'PRODUCER' || block.kind === 'EXPECT'))
      add(blocks, name, block)
    for (const property of block.properties) {
      const capture = property.name === 'capture' ? captureOf(block, property) : undefined
      if (capture) add(captures, capture.name, capture)
    }
  }
  return { variables, captures, blocks }
}

function captureOf(block: Block, property: Property): Capture | undefined {
  const written = parseCapture(property.value ?? '', property.valueSpan.start)
  return written && { name: written.name.text, nameSpan: written.name.span, block, property }
}

function add<T>(lists: Map<string, T[]>, name: string, item: T): void {
  const list = lists.get(name)
  if (list) list.push(item)
  else lists.set(name, [item])
}

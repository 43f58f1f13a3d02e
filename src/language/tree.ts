import type { Lines, Span } from './lines.ts'

export type BlockKind = 'PRODUCER' | 'CONSUMER' | 'EXPECT' | 'TOPIC' | 'DEFAULTS'

/** A piece of text with its place. */
export interface Word {
  readonly text: string
  readonly span: Span
}

/** `name: value`. Name and value are trimmed; a line without a colon has no value. */
export interface Property {
  readonly name: string
  readonly nameSpan: Span
  /** Absent: the line has no colon. Empty: nothing stands after the colon. */
  readonly value?: string
  /** Where the value stands, or would stand. */
  readonly valueSpan: Span
  readonly line: number
  /** From the first non-blank unit of the line to the last. */
  readonly span: Span
}

/** `-- @name argument`. */
export interface Directive {
  readonly name: string
  readonly nameSpan: Span
  readonly argument: string
  readonly argumentSpan: Span
  readonly line: number
}

/** `@name = value`. */
export interface Variable {
  readonly name: string
  readonly nameSpan: Span
  readonly value: string
  readonly valueSpan: Span
  readonly line: number
  readonly span: Span
}

export interface Comment {
  readonly span: Span
  readonly line: number
}

/** A line that starts with `###`. The title is only shown. */
export interface Separator {
  readonly title: Word
  readonly line: number
  readonly span: Span
}

export interface Block {
  readonly kind: BlockKind
  /** Place in `KafkaFile.blocks`. */
  readonly index: number
  readonly keyword: Span
  /**
   * The trimmed text after the keyword, absent when empty. In a CONSUMER and after `EXPECT GROUP`
   * it is the group, else the label.
   */
  readonly label?: Word
  readonly group?: Word
  /** A label of the form `[A-Za-z_][\w-]*`: other blocks can refer to it. */
  readonly name?: string
  /** First line: the keyword's. */
  readonly startLine: number
  /** The last line that belongs to the block, trailing blank lines included. */
  readonly endLine: number
  /** From the keyword to the end of the last line, that line's end not counted. */
  readonly span: Span
  /** The line of the keyword. */
  readonly header: Span
  /** In the order of the file, repeated ones included. */
  readonly properties: readonly Property[]
  readonly directives: readonly Directive[]
  readonly comments: readonly Comment[]
  /** Variables that are declared inside the block, where they do not count. */
  readonly variables: readonly Variable[]
  /** The value of a PRODUCER, trimmed, with the line ends of the file; the pattern of an EXPECT. */
  readonly body?: Word
}

export interface KafkaFile {
  readonly text: string
  readonly lines: Lines
  readonly blocks: readonly Block[]
  readonly separators: readonly Separator[]
  /** Outside blocks. */
  readonly variables: readonly Variable[]
  readonly directives: readonly Directive[]
  readonly comments: readonly Comment[]
}

export type Severity = 'error' | 'warning' | 'information'

export interface TextEdit {
  readonly span: Span
  readonly text: string
}

/** What a quick fix does: edits of the file, or a command that the editor knows. */
export interface Fix {
  readonly title: string
  readonly edits: readonly TextEdit[]
  /** Creates a topic on the cluster; `edits` is empty then. */
  readonly createTopic?: string
}

/** A diagnostic with a stable code (`K104`). An error keeps its block from running. */
export interface FileProblem {
  readonly code: string
  readonly severity: Severity
  readonly message: string
  readonly span: Span
  /** Index of the block that it is about. */
  readonly block?: number
  readonly fixes?: readonly Fix[]
}

/** The last property of that name: the one that counts. */
export function propertyOf(block: Block, name: string): Property | undefined {
  const { properties } = block
  for (let at = properties.length - 1; at >= 0; at--)
    if (properties[at]?.name === name) return properties[at]
  return undefined
}

/** Every property of that name, in order. */
export function propertiesOf(block: Block, name: string): readonly Property[] {
  return block.properties.filter(property => property.name === name)
}

/** What runs from an offset: the block there, else the next one below. DEFAULTS run nothing. */
export function blockFrom(file: KafkaFile, offset: number): Block | undefined {
  const here = blockAt(file, offset)
  if (here && here.kind !== 'DEFAULTS') return here
  return file.blocks.find(({ kind, span }) => kind !== 'DEFAULTS' && span.start >= offset)
}

/** The block that holds an offset, its trailing blank lines included. */
export function blockAt(file: KafkaFile, offset: number): Block | undefined {
  let low = 0
  let high = file.blocks.length - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if ((file.blocks[middle]?.span.start ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  const block = file.blocks[low]
  return block && offset >= block.span.start && offset <= block.span.end ? block : undefined
}

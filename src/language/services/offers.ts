import type { GivenText } from '../given.ts'
import type { Span } from '../lines.ts'

export type CompletionKind =
  | 'block'
  | 'property'
  | 'value'
  | 'format'
  | 'topic'
  | 'group'
  | 'function'
  | 'variable'
  | 'directive'
  | 'field'
  | 'method'

export interface Completion {
  readonly label: string
  readonly kind: CompletionKind
  readonly detail?: string
  /** Markdown. */
  readonly documentation?: string
  /** Replaces `span`; with `snippet` in the editor's snippet syntax. */
  readonly insert: string
  readonly snippet?: true
  readonly span: Span
  /** Asking again right after inserting has more to offer. */
  readonly again?: true
}

/** What completion can offer beyond the language; absent: not known. */
export interface CompletionKnowledge {
  readonly topics?: readonly { readonly name: string; readonly partitions?: number }[]
  readonly groups?: readonly string[]
  readonly clusters?: readonly string[]
  readonly environments?: readonly string[]
  /** Values of the environment, and of others outside the file. */
  readonly given?: ReadonlyMap<string, GivenText>
  /** The fields that JSON values of a topic have, from records that were seen. */
  readonly fieldsOf?: (topic: string) => readonly JsonField[]
  /** The headers that records of a topic have, from those that were seen. */
  readonly headersOf?: (topic: string) => readonly string[]
  /** The text of a schema that stands in a file; undefined: not known. */
  readonly schemaText?: (path: string) => string | undefined
}

/** A field of JSON values: `['items', '[]', 'sku']`, where `[]` is any element of a list. */
export interface JsonField {
  readonly path: readonly string[]
  /** What it holds, in a word: `text`, `number`, `list`. */
  readonly holds?: string
}

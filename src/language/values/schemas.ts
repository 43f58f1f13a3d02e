import { quoted } from '../words.ts'
import { parseFile } from './files.ts'
import { bad, good, type Outcome } from './outcome.ts'

/** Where a schema is to be had: `value-schema:`, `key-schema:`. */
export type WrittenSchema =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'inline'; readonly text: string }
  /** Without a subject that of the topic, without a version the latest. */
  | { readonly kind: 'registry'; readonly subject?: string; readonly version?: number }
  | { readonly kind: 'id'; readonly id: number }

const LARGEST_INT32 = 2_147_483_647
const USE = 'Use file(path), registry, registry(subject), registry(subject, 3), id(42) or its text.'

/** Reads `file(p)`, `registry`, `registry(subject, 3)`, `id(42)`; anything else is the schema itself. */
export function parseSchema(text: string): Outcome<WrittenSchema> {
  const kind = /^(?:file|registry|id)(?=$|\()/.exec(text)?.[0]
  if (kind === undefined) return good({ kind: 'inline', text })
  const isCall = text.length > kind.length + 1 && text.endsWith(')')
  const written = isCall ? text.slice(kind.length + 1, -1).trim() : undefined
  const schema =
    kind === 'file' ? fileOf(text) : kind === 'id' ? idOf(written) : registryOf(text, written)
  return schema ? good(schema) : bad(`${quoted(text)} is not a schema. ${USE}`)
}

function fileOf(text: string): WrittenSchema | undefined {
  const path = parseFile(text)
  return path === undefined ? undefined : { kind: 'file', path }
}

function idOf(written = ''): WrittenSchema | undefined {
  const id = numberOf(written)
  return id === undefined ? undefined : { kind: 'id', id }
}

function registryOf(text: string, written: string | undefined): WrittenSchema | undefined {
  if (text === 'registry') return { kind: 'registry' }
  const [subject = '', version, more] = (written ?? '').split(',', 3).map(part => part.trim())
  if (subject === '' || /[()]/.test(subject) || more !== undefined) return undefined
  if (version === undefined) return { kind: 'registry', subject }
  const number = numberOf(version)
  return number === undefined ? undefined : { kind: 'registry', subject, version: number }
}

function numberOf(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) && Number(text) <= LARGEST_INT32 ? Number(text) : undefined
}

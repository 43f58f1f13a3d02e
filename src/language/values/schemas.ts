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
  const written = /\((.*)\)$/s.exec(text)?.[1]?.trim()
  const schema = kind === 'file' ? fileOf(text) : kind === 'id' ? idOf(written) : registryOf(text)
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

function registryOf(text: string): WrittenSchema | undefined {
  if (text === 'registry') return { kind: 'registry' }
  const match = /^registry\(\s*([^,()]*[^,()\s])\s*(?:,\s*(\d+)\s*)?\)$/.exec(text)
  const [, subject, written] = match ?? []
  if (subject === undefined) return undefined
  if (written === undefined) return { kind: 'registry', subject }
  const version = numberOf(written)
  return version === undefined ? undefined : { kind: 'registry', subject, version }
}

function numberOf(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) && Number(text) <= LARGEST_INT32 ? Number(text) : undefined
}

import type { Format } from '../../kafka/format.ts'
import { decode } from '../formats.ts'
import { contentOf, type Content } from './scanJson.ts'

/** What a format makes of the bytes of a key, a value or a header. */
export type Part =
  /** They stand for themselves, also where the format cannot read them, which `problem` tells. */
  | { readonly content: Content; readonly problem?: string }
  | { readonly text: string; readonly isNumber: boolean }

/** Made once: most parts are one of these. */
const PARTS: Readonly<Record<Content, Part>> = {
  json: { content: 'json' },
  'json-lines': { content: 'json-lines' },
  text: { content: 'text' },
  binary: { content: 'binary' },
}

const NUMBERS: ReadonlySet<string> = new Set(['short', 'integer', 'long', 'float', 'double'])

/** `none` is for the caller to leave out. */
export function partOf(bytes: Uint8Array, format: Format): Part {
  if (format.name === 'auto') return PARTS[contentOf(bytes)]
  if (format.name === 'json') return jsonOf(contentOf(bytes))
  const decoded = decode(format, bytes)
  switch (decoded.kind) {
    case 'problem':
      return { content: contentOf(bytes), problem: decoded.problem.message }
    case 'null':
    case 'hidden':
      return { text: '', isNumber: false }
    case 'json':
    case 'text':
    case 'binary': {
      const { text } = decoded
      // NaN and the infinities are no numbers to JSON.
      return { text, isNumber: NUMBERS.has(format.name) && Number.isFinite(Number(text)) }
    }
  }
}

function jsonOf(content: Content): Part {
  const isJson = content === 'json' || content === 'json-lines'
  return isJson ? PARTS[content] : { content, problem: 'It is not JSON.' }
}

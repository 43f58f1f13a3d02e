/** The text encodings of `string(encoding)`: those of Node's Buffer, by every name it knows. */
export type Encoding = 'utf8' | 'utf16le' | 'latin1' | 'ascii' | 'base64' | 'base64url' | 'hex'

const ALIASES: Readonly<Record<string, Encoding>> = {
  utf8: 'utf8',
  'utf-8': 'utf8',
  utf16le: 'utf16le',
  'utf-16le': 'utf16le',
  ucs2: 'utf16le',
  'ucs-2': 'utf16le',
  latin1: 'latin1',
  binary: 'latin1',
  ascii: 'ascii',
  base64: 'base64',
  base64url: 'base64url',
  hex: 'hex',
}

/** The names that are offered, one per encoding. */
export const ENCODINGS: readonly Encoding[] = [
  'utf8',
  'utf16le',
  'latin1',
  'ascii',
  'base64',
  'base64url',
  'hex',
]

/** The encoding of a name in any case; `undefined` for a name that Node does not know either. */
export function encodingOf(name: string): Encoding | undefined {
  const key = name.toLowerCase()
  return Object.hasOwn(ALIASES, key) ? ALIASES[key] : undefined
}

const HEX = /^(?:[\da-f]{2})*$/i
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/

/** What keeps a text from being `bytes(notation)`, in one sentence. Blanks count for nothing. */
export function bytesProblem(notation: string | undefined, text: string): string | undefined {
  const content = text.replaceAll(/\s+/g, '')
  if (notation === 'hex')
    return HEX.test(content)
      ? undefined
      : `${clipped(text)} is not hexadecimal: pairs of 0-9 and a-f.`
  if (notation === 'base64')
    return isBase64(content) ? undefined : `${clipped(text)} is not base64.`
  return undefined
}

function isBase64(content: string): boolean {
  return BASE64.test(content) && content.replace(/=+$/, '').length % 4 !== 1
}

function clipped(text: string): string {
  return `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`
}

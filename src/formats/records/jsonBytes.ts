import type { ByteWriter } from './byteWriter.ts'

const QUOTE = 34
const BACKSLASH = 92

/** A JSON text without the blanks between its tokens; numbers and strings stay as they are. */
export function writeCompactJson(writer: ByteWriter, json: Uint8Array): void {
  const target = writer.room(json.length)
  let to = writer.position
  let inString = false
  for (let at = 0; at < json.length; at++) {
    const code = json[at] ?? 0
    if (!inString && code <= 32) continue
    target[to++] = code
    if (code === QUOTE) inString = !inString
    else if (code === BACKSLASH) target[to++] = json[++at] ?? 0
  }
  writer.advance(to - writer.position)
}

/** What `JSON.stringify` escapes with a letter. */
const LETTERS: ReadonlyMap<number, number> = new Map(
  Array.from('\b\f\n\r\t', (escaped, index) => [escaped.charCodeAt(0), 'bfnrt'.charCodeAt(index)]),
)
const HEX_DIGITS = Uint8Array.from('0123456789abcdef', digit => digit.charCodeAt(0))
/** The longest escape is `\u0000`. */
const MOST_PER_BYTE = 6
/** So much room is asked for at once: long texts hardly hold anything to escape. */
const PIECE = 4096

/** UTF-8 text as a JSON string, quotes included, escaped as `JSON.stringify` does it. */
export function writeJsonString(writer: ByteWriter, text: Uint8Array): void {
  writer.byte(QUOTE)
  for (let from = 0; from < text.length; from += PIECE) {
    escapePiece(writer, text, from, Math.min(from + PIECE, text.length))
  }
  writer.byte(QUOTE)
}

function escapePiece(writer: ByteWriter, text: Uint8Array, from: number, end: number): void {
  const target = writer.room((end - from) * MOST_PER_BYTE)
  let to = writer.position
  for (let at = from; at < end; at++) {
    const code = text[at] ?? 0
    if (code >= 32 && code !== QUOTE && code !== BACKSLASH) {
      target[to++] = code
      continue
    }
    target[to++] = BACKSLASH
    const letter = code >= 32 ? code : LETTERS.get(code)
    if (letter !== undefined) target[to++] = letter
    else {
      target[to++] = 117
      target[to++] = 48
      target[to++] = 48
      target[to++] = HEX_DIGITS[code >>> 4] ?? 0
      target[to++] = HEX_DIGITS[code & 15] ?? 0
    }
  }
  writer.advance(to - writer.position)
}

const BASE64 = Uint8Array.from(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  digit => digit.charCodeAt(0),
)
const PADDING = 61

/** Standard base64 with padding (RFC 4648, section 4). */
export function writeBase64(writer: ByteWriter, bytes: Uint8Array): void {
  const target = writer.room(Math.ceil(bytes.length / 3) * 4)
  let to = writer.position
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at
    const three = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    target[to++] = BASE64[three >>> 18] ?? 0
    target[to++] = BASE64[(three >>> 12) & 63] ?? 0
    target[to++] = left > 1 ? (BASE64[(three >>> 6) & 63] ?? 0) : PADDING
    target[to++] = left > 2 ? (BASE64[three & 63] ?? 0) : PADDING
  }
  writer.advance(to - writer.position)
}

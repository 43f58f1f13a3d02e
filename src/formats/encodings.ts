import type { Encoding } from '../base/encodings.ts'

/** The bytes that a text stands for, as Node's `Buffer.from(text, encoding)` reads it. */
export function bytesOf(text: string, encoding: Encoding): Uint8Array<ArrayBuffer> {
  switch (encoding) {
    case 'utf8':
      return Uint8Array.from(new TextEncoder().encode(text))
    case 'utf16le':
      return fromUtf16(text)
    case 'latin1':
    case 'ascii':
      return fromUnits(text)
    case 'base64':
    case 'base64url':
      return fromBase64(text)
    case 'hex':
      return fromHex(text)
  }
}

/** The text that bytes are shown as, as Node's `buffer.toString(encoding)` writes it. */
export function textOf(bytes: Uint8Array, encoding: Encoding): string {
  switch (encoding) {
    case 'utf8':
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
    case 'utf16le':
      return toUtf16(bytes)
    case 'latin1':
      return toUnits(bytes, 0xff)
    case 'ascii':
      return toUnits(bytes, 0x7f)
    case 'base64':
      return toBase64(bytes, BASE64, true)
    case 'base64url':
      return toBase64(bytes, BASE64_URL, false)
    case 'hex':
      return toHex(bytes)
  }
}

/** The text of bytes that are UTF-8 throughout, else `undefined`. */
export function utf8TextOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function fromUnits(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index)
  return bytes
}

function fromUtf16(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length * 2)
  const view = new DataView(bytes.buffer)
  for (let index = 0; index < text.length; index++) {
    view.setUint16(index * 2, text.charCodeAt(index), true)
  }
  return bytes
}

const CHUNK = 8192

/** Text from code units, a chunk at a time: too many arguments would overflow the stack. */
function fromCodes(codes: Uint8Array | Uint16Array): string {
  let text = ''
  for (let start = 0; start < codes.length; start += CHUNK) {
    text += String.fromCharCode(...codes.subarray(start, start + CHUNK))
  }
  return text
}

function toUnits(bytes: Uint8Array, mask: number): string {
  return fromCodes(mask === 0xff ? bytes : bytes.map(byte => byte & mask))
}

function toUtf16(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const units = new Uint16Array(bytes.length >>> 1)
  for (let index = 0; index < units.length; index++) units[index] = view.getUint16(index * 2, true)
  return fromCodes(units)
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const BASE64_URL = `${BASE64.slice(0, 62)}-_`

/** Value of each base64 digit by its code, of both alphabets; 64 for anything else. */
const BASE64_VALUES = new Uint8Array(128).fill(64)
for (const alphabet of [BASE64, BASE64_URL]) {
  for (let value = 0; value < 64; value++) BASE64_VALUES[alphabet.charCodeAt(value)] = value
}

/** Both alphabets; padding ends the text, anything else that is no digit is skipped. */
function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let length = 0
  let bits = 0
  let pending = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 61) break
    const value = BASE64_VALUES[code] ?? 64
    if (value === 64) continue
    pending = ((pending << 6) | value) & 0xffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[length++] = (pending >>> bits) & 0xff
    }
  }
  return bytes.slice(0, length)
}

function toBase64(bytes: Uint8Array, alphabet: string, padded: boolean): string {
  const codes = new Uint8Array(Math.ceil(bytes.length / 3) * 4)
  let length = 0
  const put = (value: number) => {
    codes[length++] = alphabet.charCodeAt(value & 63)
  }
  for (let index = 0; index < bytes.length; index += 3) {
    const [a = 0, b, c] = bytes.subarray(index, index + 3)
    put(a >>> 2)
    put((a << 4) | ((b ?? 0) >>> 4))
    if (b !== undefined) put((b << 2) | ((c ?? 0) >>> 6))
    if (c !== undefined) put(c)
  }
  const text = fromCodes(codes.subarray(0, length))
  return padded ? text.padEnd(codes.length, '=') : text
}

/** Value of each hexadecimal digit by its code; 16 for anything else. */
const HEX_VALUES = new Uint8Array(128).fill(16)
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16)
  HEX_VALUES[digit.charCodeAt(0)] = value
  HEX_VALUES[digit.toUpperCase().charCodeAt(0)] = value
}

/** Ends at the first pair that is not hexadecimal. */
function fromHex(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length >>> 1)
  for (let index = 0; index < bytes.length; index++) {
    const high = HEX_VALUES[text.charCodeAt(index * 2)] ?? 16
    const low = HEX_VALUES[text.charCodeAt(index * 2 + 1)] ?? 16
    if (high === 16 || low === 16) return bytes.slice(0, index)
    bytes[index] = high * 16 + low
  }
  return bytes
}

function toHex(bytes: Uint8Array): string {
  const parts: string[] = []
  for (const byte of bytes) parts.push(byte.toString(16).padStart(2, '0'))
  return parts.join('')
}

import { isAscii, isUtf8 } from 'node:buffer'
import type { Variables } from '../../expression/variables.ts'
import { fieldsValue, recordValue } from '../../formats/recordValue.ts'
import { textOf } from '../../formats/encodings.ts'
import type { RecordFormats } from '../../kafka/format.ts'
import type { RecordPage } from '../../kafka/page.ts'
import { headerParts, recordSize } from './places.ts'

/** The record in one row of a page as an expression sees it. Decodes a part when it is named. */
export class RowVariables implements Variables {
  readonly #formats: RecordFormats
  #page: RecordPage
  #row = 0
  #key: { readonly content: unknown } | undefined
  #value: { readonly content: unknown } | undefined

  constructor(formats: RecordFormats, page: RecordPage) {
    this.#formats = formats
    this.#page = page
  }

  /** From now on it is this record. */
  moveTo(page: RecordPage, row: number): void {
    this.#page = page
    this.#row = row
    this.#key = undefined
    this.#value = undefined
  }

  get topic(): string {
    return this.#page.topic
  }

  get partition(): bigint {
    return BigInt(this.#page.partition)
  }

  get offset(): bigint {
    return this.#page.offsets[this.#row] ?? 0n
  }

  get timestamp(): bigint | undefined {
    const timestamp = this.#page.timestamps[this.#row] ?? -1
    return timestamp < 0 ? undefined : BigInt(timestamp)
  }

  get size(): bigint {
    return BigInt(recordSize(this.#page, this.#row))
  }

  get key(): unknown {
    const { keyStarts, keyLengths } = this.#page
    this.#key ??= {
      content: recordValue(this.#formats.key, this.#part(keyStarts, keyLengths), readText),
    }
    return this.#key.content
  }

  get value(): unknown {
    const { valueStarts, valueLengths } = this.#page
    this.#value ??= {
      content: fieldsValue(this.#formats.value, this.#part(valueStarts, valueLengths), readText),
    }
    return this.#value.content
  }

  get headers(): ReadonlyMap<string, string | null> {
    const parts = headerParts(this.#page, this.#row)
    const headers = new Map<string, string | null>()
    for (let at = 0; at + 1 < parts.length; at += 2) {
      const [name, value] = [parts[at], parts[at + 1]]
      if (name && value) headers.set(this.#text(name) ?? '', this.#text(value))
    }
    return headers
  }

  #part(starts: Int32Array, lengths: Int32Array): Uint8Array | null {
    return this.#slice(starts[this.#row] ?? 0, lengths[this.#row] ?? -1)
  }

  #slice(start: number, length: number): Uint8Array | null {
    return length < 0 ? null : this.#page.bytes.subarray(start, start + length)
  }

  /** A header's value that is no UTF-8 is shown in base64, as everywhere. */
  #text({ start, length }: { readonly start: number; readonly length: number }): string | null {
    const bytes = this.#slice(start, length)
    return bytes && (readText(bytes) ?? textOf(bytes, 'base64'))
  }
}

/** Node's own checks and conversions: several times as fast as a TextDecoder. */
function readText(bytes: Uint8Array): string | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (isAscii(buffer)) return buffer.toString('latin1')
  return isUtf8(buffer) ? buffer.toString('utf8') : undefined
}

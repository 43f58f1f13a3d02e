import type { RecordPage } from '../../kafka/page.ts'
import { LARGE_BYTES } from './block.ts'
import { headersAt } from './headers.ts'

const MOST_FIELDS = 300
const MOST_DEPTH = 6
/** Records of a page that are looked at: more while few have been. */
const SAMPLES_AT_FIRST = 8
const FIRST_SAMPLES = 400

const text = new TextDecoder()

/**
 * Names of fields as they are seen in JSON keys and values, and names of headers, as an expression
 * writes them: `value.customer.id`, `headers["trace-id"]`. Only some records are looked at.
 */
export class Fields {
  readonly #names = new Set<string>()
  #sorted: readonly string[] = []
  #samples = 0

  /** In alphabetical order; the same list as before where none was added. */
  get names(): readonly string[] {
    if (this.#sorted.length !== this.#names.size) this.#sorted = [...this.#names].sort()
    return this.#sorted
  }

  clear(): void {
    this.#names.clear()
    this.#sorted = []
    this.#samples = 0
  }

  /** `json`: which parts may be looked into as JSON. */
  sample(page: RecordPage, json: { readonly key: boolean; readonly value: boolean }): void {
    if (this.#names.size >= MOST_FIELDS) return
    const wanted = this.#samples < FIRST_SAMPLES ? SAMPLES_AT_FIRST : 1
    const step = Math.max(1, Math.floor(page.count / wanted))
    for (let row = 0; row < page.count; row += step) {
      this.#samples++
      const { bytes, keyStarts, keyLengths, valueStarts, valueLengths } = page
      if (json.key) this.addJson('key', part(bytes, keyStarts[row], keyLengths[row]))
      if (json.value) this.addJson('value', part(bytes, valueStarts[row], valueLengths[row]))
      this.#addHeaders(bytes, page.headerStarts[row] ?? -1)
    }
  }

  addJson(name: 'key' | 'value', bytes: Uint8Array): void {
    if (
      bytes.length < 2 ||
      bytes.length > LARGE_BYTES ||
      !/^\s*\{/.test(text.decode(bytes.subarray(0, 16)))
    )
      return
    try {
      this.#addObject(name, JSON.parse(text.decode(bytes)), 1)
    } catch {
      // Not every value of a topic needs to be JSON.
    }
  }

  #addObject(path: string, value: unknown, depth: number): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return
    for (const [name, inner] of Object.entries(value)) {
      if (this.#names.size >= MOST_FIELDS) return
      const field = IDENTIFIER.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`
      this.#names.add(field)
      if (depth < MOST_DEPTH) this.#addObject(field, inner, depth + 1)
    }
  }

  #addHeaders(bytes: Uint8Array, start: number): void {
    for (const { nameStart, nameLength } of headersAt(bytes, start)) {
      if (this.#names.size >= MOST_FIELDS) return
      const name = text.decode(bytes.subarray(nameStart, nameStart + nameLength))
      this.#names.add(`headers[${JSON.stringify(name)}]`)
    }
  }
}

/** What CEL takes as the name of a field. */
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/

function part(bytes: Uint8Array, start = 0, length = -1): Uint8Array {
  return bytes.subarray(start, start + Math.max(0, length))
}

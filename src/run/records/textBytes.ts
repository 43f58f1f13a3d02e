const encoder = new TextEncoder()
const ROOM = 64 * 1024
/** Of so few units a loop is faster than the encoder. */
const SHORT = 64
/** What a unit of UTF-16 can become. */
const MOST_PER_UNIT = 3

/**
 * UTF-8 of many short texts, as views into buffers that they share: a buffer of its own for each
 * would cost more than the text.
 */
export class TextBytes {
  #buffer = new Uint8Array(0)
  #at = 0

  of(text: string): Uint8Array {
    const most = text.length * MOST_PER_UNIT
    if (most > ROOM) return encoder.encode(text)
    if (this.#at + most > this.#buffer.length) {
      this.#buffer = new Uint8Array(ROOM)
      this.#at = 0
    }
    const start = this.#at
    if (text.length <= SHORT && this.#writeAscii(text))
      return this.#buffer.subarray(start, this.#at)
    this.#at += encoder.encodeInto(text, this.#buffer.subarray(start)).written
    return this.#buffer.subarray(start, this.#at)
  }

  #writeAscii(text: string): boolean {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code > 127) return false
      this.#buffer[this.#at + i] = code
    }
    this.#at += text.length
    return true
  }
}

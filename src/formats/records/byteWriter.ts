/** Bytes that grow at their end. */
export interface ByteWriter {
  /** A text of ASCII characters only: others come out wrong. */
  ascii(text: string): void
  utf8(text: string): void
  byte(value: number): void
  copy(bytes: Uint8Array): void
  /** Room for `count` more bytes: the buffer to write into, from `position` on; see `advance`. */
  room(count: number): Uint8Array
  readonly position: number
  /** So many bytes were written into the room. */
  advance(count: number): void
  /** What was written since it was taken last; the writer does not touch it again. */
  take(): Uint8Array<ArrayBuffer>
}

const FIRST_BYTES = 64 * 1024
/** Copying so few bytes one by one is faster than asking the array to do it. */
const FEW_BYTES = 48

export function byteWriter(): ByteWriter {
  let bytes = new Uint8Array(FIRST_BYTES)
  let position = 0
  const encoder = new TextEncoder()

  function room(count: number): Uint8Array {
    if (position + count > bytes.length) {
      const larger = new Uint8Array(Math.max(bytes.length * 2, position + count))
      larger.set(bytes.subarray(0, position))
      bytes = larger
    }
    return bytes
  }

  function copy(source: Uint8Array): void {
    const { length } = source
    const target = room(length)
    if (length > FEW_BYTES) target.set(source, position)
    else for (let index = 0; index < length; index++) target[position + index] = source[index] ?? 0
    position += length
  }

  return {
    get position() {
      return position
    },
    room,
    copy,
    advance(count) {
      position += count
    },
    ascii(text) {
      const target = room(text.length)
      for (let index = 0; index < text.length; index++) {
        target[position + index] = text.charCodeAt(index)
      }
      position += text.length
    },
    utf8(text) {
      copy(encoder.encode(text))
    },
    byte(value) {
      room(1)[position++] = value
    },
    take() {
      const taken = bytes.subarray(0, position)
      // As much will be needed again, most likely.
      bytes = new Uint8Array(Math.max(FIRST_BYTES, position))
      position = 0
      return taken
    },
  }
}

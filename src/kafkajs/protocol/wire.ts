/** An answer that does not have the form its definition says: cut short, or another protocol. */
export class WireError extends Error {
  override readonly name = 'WireError'
}

const FIRST_BYTES = 512
/** Bytes that are at least so long are not copied. */
const LONG_BYTES = 16 * 1024

/** Writes Kafka's primitive types into one growing buffer; long bytes stay where they are. */
export class Writer {
  #buffer = Buffer.allocUnsafe(FIRST_BYTES)
  #length = 0
  readonly #before: Uint8Array[] = []

  #reserve(count: number): number {
    const start = this.#length
    const needed = start + count
    if (needed > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, needed))
      this.#buffer.copy(grown, 0, 0, start)
      this.#buffer = grown
    }
    this.#length = needed
    return start
  }

  int8(value: number): void {
    const at = this.#reserve(1)
    this.#buffer.writeInt8(value, at)
  }

  int16(value: number): void {
    const at = this.#reserve(2)
    this.#buffer.writeInt16BE(value, at)
  }

  uint16(value: number): void {
    const at = this.#reserve(2)
    this.#buffer.writeUInt16BE(value, at)
  }

  int32(value: number): void {
    const at = this.#reserve(4)
    this.#buffer.writeInt32BE(value, at)
  }

  uint32(value: number): void {
    const at = this.#reserve(4)
    this.#buffer.writeUInt32BE(value, at)
  }

  int64(value: bigint): void {
    const at = this.#reserve(8)
    this.#buffer.writeBigInt64BE(value, at)
  }

  /** Seven bits per byte, lowest first. */
  unsignedVarint(value: number): void {
    let rest = value >>> 0
    while (rest > 127) {
      this.int8((rest & 127) - 128)
      rest >>>= 7
    }
    this.int8(rest)
  }

  /** A signed varint in the zigzag form of record batches. */
  varint(value: number): void {
    this.unsignedVarint((value << 1) ^ (value >> 31))
  }

  /** As `varint`, for 64 bits. */
  varlong(value: bigint): void {
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
    while (rest > 127n) {
      this.int8(Number(rest & 127n) - 128)
      rest >>= 7n
    }
    this.int8(Number(rest))
  }

  /** Long bytes may not change before what is written has been used. */
  raw(bytes: Uint8Array): void {
    if (bytes.length >= LONG_BYTES) {
      this.#before.push(this.#buffer.subarray(0, this.#length), bytes)
      this.#buffer = Buffer.allocUnsafe(FIRST_BYTES)
      this.#length = 0
      return
    }
    const at = this.#reserve(bytes.length)
    this.#buffer.set(bytes, at)
  }

  get length(): number {
    return this.#before.reduce((sum, { length }) => sum + length, this.#length)
  }

  /** What was written, one part behind the other. */
  parts(): readonly Uint8Array[] {
    return [...this.#before, this.#buffer.subarray(0, this.#length)]
  }

  bytes(): Buffer {
    return this.#before.length > 0
      ? Buffer.concat(this.parts())
      : this.#buffer.subarray(0, this.#length)
  }
}

/** Reads Kafka's primitive types; throws `WireError` rather than read past the end. */
export class Reader {
  readonly #buffer: Buffer
  #position = 0

  constructor(bytes: Uint8Array) {
    this.#buffer = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get remaining(): number {
    return this.#buffer.length - this.#position
  }

  #advance(count: number): number {
    const start = this.#position
    if (count < 0 || start + count > this.#buffer.length) {
      throw new WireError(
        `The answer is cut short: ${count} bytes expected at ${start} of ${this.#buffer.length}.`,
      )
    }
    this.#position = start + count
    return start
  }

  int8(): number {
    return this.#buffer.readInt8(this.#advance(1))
  }

  int16(): number {
    return this.#buffer.readInt16BE(this.#advance(2))
  }

  uint16(): number {
    return this.#buffer.readUInt16BE(this.#advance(2))
  }

  int32(): number {
    return this.#buffer.readInt32BE(this.#advance(4))
  }

  int64(): bigint {
    return this.#buffer.readBigInt64BE(this.#advance(8))
  }

  unsignedVarint(): number {
    let value = 0
    for (let shift = 0; shift <= 28; shift += 7) {
      const byte = this.#buffer.readUInt8(this.#advance(1))
      value |= (byte & 127) << shift
      if (byte < 128) return value >>> 0
    }
    throw new WireError(`A variable-length number at ${this.#position} does not end.`)
  }

  /** A view into the answer, not a copy. */
  raw(count: number): Buffer {
    const start = this.#advance(count)
    return this.#buffer.subarray(start, start + count)
  }

  /**
   * An element takes at least one byte: a greater count is a broken answer, refused before anything
   * is allocated for it.
   */
  checkCount(count: number): number {
    if (count > this.remaining) {
      throw new WireError(`The answer claims ${count} elements in ${this.remaining} bytes.`)
    }
    return count
  }
}

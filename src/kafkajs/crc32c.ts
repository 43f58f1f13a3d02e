const CASTAGNOLI = 0x82f63b78
/** Bytes that one round takes. */
const SLICES = 8

/**
 * Table k holds what a byte does to the checksum k bytes later ("slicing by 8", Kounavis and Berry,
 * 2005): eight bytes cost eight look-ups that do not wait for one another.
 */
const first = Int32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ CASTAGNOLI : rest >>> 1
  return rest
})
const second = later(first)
const third = later(second)
const fourth = later(third)
const fifth = later(fourth)
const sixth = later(fifth)
const seventh = later(sixth)
const eighth = later(seventh)

function later(before: Int32Array): Int32Array {
  return before.map(rest => (rest >>> 8) ^ look(first, rest))
}

/** CRC-32C, the checksum of record batches. */
export function crc32c(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const whole = bytes.length - (bytes.length % SLICES)
  let crc = -1
  for (let at = 0; at < whole; at += SLICES) {
    const low = view.getInt32(at, true) ^ crc
    const high = view.getInt32(at + 4, true)
    crc =
      look(eighth, low) ^
      look(seventh, low >>> 8) ^
      look(sixth, low >>> 16) ^
      look(fifth, low >>> 24) ^
      look(fourth, high) ^
      look(third, high >>> 8) ^
      look(second, high >>> 16) ^
      look(first, high >>> 24)
  }
  for (let at = whole; at < bytes.length; at++)
    crc = (crc >>> 8) ^ look(first, crc ^ view.getUint8(at))
  return ~crc >>> 0
}

function look(table: Int32Array, index: number): number {
  return table[index & 255] ?? 0
}

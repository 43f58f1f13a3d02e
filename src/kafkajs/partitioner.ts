const SEED = 0x9747b28c
const MULTIPLIER = 0x5bd1e995
const SHIFT = 24

/** MurmurHash2 with 32 bits, as the Java client hashes keys (`Utils.murmur2`); signed. */
export function murmur2(key: Uint8Array): number {
  const whole = key.length - (key.length % 4)
  let hash = SEED ^ key.length
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(wordAt(key, at), MULTIPLIER)
    word ^= word >>> SHIFT
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(word, MULTIPLIER)
  }
  for (let at = key.length - 1; at >= whole; at--) hash ^= (key[at] ?? 0) << (8 * (at - whole))
  if (whole < key.length) hash = Math.imul(hash, MULTIPLIER)
  hash ^= hash >>> 13
  hash = Math.imul(hash, MULTIPLIER)
  return (hash ^ (hash >>> 15)) | 0
}

/** Little-endian; a view for each key would cost more than its hash. */
function wordAt(key: Uint8Array, at: number): number {
  const byte = (index: number) => key[at + index] ?? 0
  return byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24)
}

/** The partition of a key as Java's default partitioner chooses it. */
export function partitionOfKey(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions
}

/**
 * Finds a text in bytes: its first place at or after `from`, or -1. Made once per block of bytes,
 * called once per hit.
 */
export type Find = (from: number) => number

/** Looks for one text in one block of bytes after another. */
export interface Search {
  /** Bytes of what is looked for. */
  readonly length: number
  in(bytes: Uint8Array): Find
}

/** `ignoreCase` is about ASCII letters; other bytes are compared as they are. */
export function searchFor(text: string, ignoreCase: boolean): Search {
  const wanted = Buffer.from(text, 'utf8')
  return ignoreCase && /[a-z]/i.test(text) ? foldingSearch(wanted) : exactSearch(wanted)
}

function exactSearch(wanted: Buffer): Search {
  return {
    length: wanted.length,
    in(bytes) {
      const block = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      return from => block.indexOf(wanted, from)
    },
  }
}

/** What each byte counts as: letters in upper case as in lower case. */
const FOLDED = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 65 && byte <= 90 ? byte + 32 : byte,
)

/**
 * Horspool's search: looks at the byte under the last one of the text first, and moves on by as
 * much as that byte allows. The tables are by byte, so case costs nothing.
 */
function foldingSearch(wanted: Uint8Array): Search {
  const folded = wanted.map(byte => FOLDED[byte] ?? byte)
  const last = folded.length - 1
  const steps = stepsOf(folded)
  const step = steps[folded[last] ?? 0] ?? 1
  // Under the last byte of the text there is nothing to move, so 0 means: compare.
  const jumps = Int32Array.from(steps, (jump, byte) => (FOLDED[byte] === folded[last] ? 0 : jump))
  return {
    length: wanted.length,
    in: bytes => from => {
      for (let end = from + last; end < bytes.length;) {
        const jump = jumps[bytes[end] ?? 0] ?? 1
        if (jump > 0) {
          end += jump
          continue
        }
        if (isAt(folded, bytes, end - last)) return end - last
        end += step
      }
      return -1
    },
  }
}

/** How far the text can move when a byte stands under its last one. */
function stepsOf(folded: Uint8Array): Int32Array {
  const last = folded.length - 1
  const byFolded = new Int32Array(256).fill(folded.length)
  for (let at = 0; at < last; at++) byFolded[folded[at] ?? 0] = last - at
  return byFolded.map((_, byte) => byFolded[FOLDED[byte] ?? byte] ?? 1)
}

function isAt(folded: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let at = 0; at < folded.length; at++) {
    if (FOLDED[bytes[start + at] ?? 0] !== folded[at]) return false
  }
  return true
}

import {
  add,
  atLeast,
  below,
  byteAt,
  choose,
  compile,
  copy1,
  copy16,
  copy8,
  equal,
  get,
  giveBack,
  number,
  or,
  above,
  repeatWhile,
  set,
  subtract,
  when,
  type Code,
  type Memory,
  type Program,
} from './assembly.ts'

/**
 * What the decompressors in WebAssembly have in common. They are functions of five numbers: the
 * input stands in memory from `p` to `end`; its bytes go to `d` and on, not beyond `limit`, and may
 * be copied from no earlier than `base`. They give back where the output ends, or a negative number.
 * Up to `SLACK_BYTES` behind `end` are read and behind `limit` written, whatever they hold. Every
 * round of theirs reads a byte at least, so that corrupt data costs no more than good data.
 */
export const SLACK_BYTES = 16
export const MALFORMED = -1
export const TOO_LONG = -2

/** Locals. */
export const [p, end, d, limit, base] = [0, 1, 2, 3, 4] as const
export const [token, length, byte, from, stop, distance] = [5, 6, 7, 8, 9, 10] as const

/** With the locals above. */
export const programOf = (...body: Code[]): Program => ({ parameters: 5, locals: 6, body })

export const advance = (local: number, by: Code) => set(local, add(get(local), by))
export const fail = (reason: number) => giveBack(number(reason))

/** The next byte into `byte`. */
export const nextByte = [
  ...when(atLeast(get(p), get(end)), fail(MALFORMED)),
  ...set(byte, byteAt(get(p))),
  ...advance(p, number(1)),
]

/** In steps of a size, the last one beyond the end. */
const copyBy = (size: number, step: (to: Code, from: Code) => Code): Code =>
  repeatWhile(
    below(get(d), get(stop)),
    step(get(d), get(from)),
    advance(d, number(size)),
    advance(from, number(size)),
  )

const checkRoom = [
  ...when(above(get(length), subtract(get(limit), get(d))), fail(TOO_LONG)),
  ...set(stop, add(get(d), get(length))),
]

/** `length` bytes of the input. */
export const copyLiterals = [
  ...when(above(get(length), subtract(get(end), get(p))), fail(MALFORMED)),
  ...checkRoom,
  ...set(from, get(p)),
  ...copyBy(16, copy16),
  ...set(d, get(stop)),
  ...advance(p, get(length)),
]

/**
 * `length` bytes from `distance` before the end of the output. Where they overlap with where they
 * go, no step is longer than the distance.
 */
export const copyMatch = [
  ...when(
    or(equal(get(distance), number(0)), above(get(distance), subtract(get(d), get(base)))),
    fail(MALFORMED),
  ),
  ...checkRoom,
  ...set(from, subtract(get(d), get(distance))),
  ...choose(
    atLeast(get(distance), number(16)),
    copyBy(16, copy16),
    choose(atLeast(get(distance), number(8)), copyBy(8, copy8), copyBy(1, copy1)),
  ),
  ...set(d, get(stop)),
]

interface Instance {
  readonly memory: Memory
  readonly run: (p: number, end: number, d: number, limit: number, base: number) => number
}

export interface BlockDecoder {
  /**
   * Memory of at least so many bytes. What it holds stands until it is asked for again; after more
   * than 32 MiB it is given back then, as WebAssembly's memory itself never shrinks.
   */
  memory(bytes: number): Uint8Array
  /** Throws nothing, see the top of this file. */
  run(p: number, end: number, d: number, limit: number, base: number): number
}

const KEEP_BELOW = 32 * 1024 * 1024
const PAGE_BYTES = 64 * 1024

export function newDecoder(program: Program): BlockDecoder {
  let create: (() => object) | undefined
  let instance: Instance | undefined
  return {
    memory(bytes) {
      create ??= compile(program)
      if (instance && instance.memory.buffer.byteLength > KEEP_BELOW) instance = undefined
      instance ??= create() as Instance
      const { memory } = instance
      const missing = bytes - memory.buffer.byteLength
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES))
      return new Uint8Array(memory.buffer)
    },
    run: (...numbers) => instance?.run(...numbers) ?? MALFORMED,
  }
}

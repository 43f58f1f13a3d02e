import {
  above,
  add,
  and,
  atLeast,
  below,
  byteAt,
  choose,
  compile,
  copy1,
  copy16,
  copy8,
  equal,
  forever,
  get,
  giveBack,
  number,
  or,
  repeatWhile,
  set,
  shiftRight,
  shortAt,
  subtract,
  when,
  type Code,
  type Memory,
} from './assembly.ts'

/**
 * One LZ4 block (https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md) in WebAssembly, for
 * its copies of 16 bytes at a time: it is three times as fast as the same in JavaScript (measured),
 * and runs wherever the extension does.
 *
 * The block stands in memory from `p` to `end`; its bytes go to `d` and on, not beyond `limit`, and
 * may be copied from no earlier than `base`. Gives back where they end, or a negative number. Up to
 * `SLACK_BYTES` behind `end` are read and behind `limit` written, whatever they hold. Every round
 * reads a byte at least, so that corrupt data costs no more than good data.
 */
export const SLACK_BYTES = 16
export const MALFORMED = -1
export const TOO_LONG = -2

const [p, end, d, limit, base] = [0, 1, 2, 3, 4]
const [token, length, byte, from, stop, distance] = [5, 6, 7, 8, 9, 10]

const advance = (local: number, by: Code) => set(local, add(get(local), by))

/** A length of 15 goes on in the bytes that follow, up to one that is not 255. */
const restOfLength = when(
  equal(get(length), number(15)),
  repeatWhile(
    equal(get(byte), number(255)),
    when(atLeast(get(p), get(end)), giveBack(number(MALFORMED))),
    set(byte, byteAt(get(p))),
    advance(p, number(1)),
    advance(length, get(byte)),
  ),
)

const checkRoom = when(above(get(length), subtract(get(limit), get(d))), giveBack(number(TOO_LONG)))

/** In steps of a size, the last one beyond the end. */
const copyBy = (size: number, step: (to: Code, from: Code) => Code): Code =>
  repeatWhile(
    below(get(d), get(stop)),
    step(get(d), get(from)),
    advance(d, number(size)),
    advance(from, number(size)),
  )

const literals = [
  set(length, shiftRight(get(token), number(4))),
  restOfLength,
  when(above(get(length), subtract(get(end), get(p))), giveBack(number(MALFORMED))),
  checkRoom,
  set(stop, add(get(d), get(length))),
  set(from, get(p)),
  copyBy(16, copy16),
  set(d, get(stop)),
  advance(p, get(length)),
]

/** What is copied may overlap with where it goes: no step is longer than the distance. */
const match = [
  when(below(subtract(get(end), get(p)), number(2)), giveBack(number(MALFORMED))),
  set(distance, shortAt(get(p))),
  advance(p, number(2)),
  set(length, and(get(token), number(15))),
  restOfLength,
  advance(length, number(4)),
  when(
    or(equal(get(distance), number(0)), above(get(distance), subtract(get(d), get(base)))),
    giveBack(number(MALFORMED)),
  ),
  checkRoom,
  set(stop, add(get(d), get(length))),
  set(from, subtract(get(d), get(distance))),
  choose(
    atLeast(get(distance), number(16)),
    copyBy(16, copy16),
    choose(atLeast(get(distance), number(8)), copyBy(8, copy8), copyBy(1, copy1)),
  ),
  set(d, get(stop)),
]

const program = {
  parameters: 5,
  locals: 6,
  body: [
    forever(
      when(atLeast(get(p), get(end)), giveBack(get(d))),
      set(token, byteAt(get(p))),
      advance(p, number(1)),
      ...literals,
      when(atLeast(get(p), get(end)), giveBack(get(d))),
      ...match,
    ),
  ],
}

export interface BlockReader {
  readonly memory: Memory
  readonly run: (p: number, end: number, d: number, limit: number, base: number) => number
}

let create: (() => object) | undefined

/** With a memory of its own, of one page (64 KiB) at first. */
export function newBlockReader(): BlockReader {
  create ??= compile(program)
  return create() as BlockReader
}

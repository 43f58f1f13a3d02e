import {
  add,
  and,
  atLeast,
  below,
  choose,
  forever,
  get,
  giveBack,
  number,
  or,
  set,
  shiftLeft,
  shiftRight,
  shortAt,
  subtract,
  when,
  wordAt,
  type Code,
} from './assembly.ts'
import {
  advance,
  byte,
  copyLiterals,
  copyMatch,
  d,
  distance,
  end,
  fail,
  length,
  MALFORMED,
  newDecoder,
  nextByte,
  p,
  programOf,
  token,
} from './blocks.ts'

const need = (bytes: Code) => when(below(subtract(get(end), get(p)), bytes), fail(MALFORMED))

/** Up to 60 the length itself; 60 to 63: it stands in the next one to four bytes. */
const literal = [
  ...set(length, shiftRight(get(token), number(2))),
  ...when(
    atLeast(get(length), number(60)),
    set(byte, subtract(get(length), number(59))),
    need(get(byte)),
    set(
      length,
      and(
        wordAt(get(p)),
        shiftRight(number(-1), subtract(number(32), shiftLeft(get(byte), number(3)))),
      ),
    ),
    advance(p, get(byte)),
  ),
  ...advance(length, number(1)),
  ...copyLiterals,
]

const nearCopy = [
  ...set(length, add(and(shiftRight(get(token), number(2)), number(7)), number(4))),
  ...nextByte,
  ...set(distance, or(shiftLeft(shiftRight(get(token), number(5)), number(8)), get(byte))),
]

const farCopy = (bytes: number, distanceAt: (address: Code) => Code) => [
  ...set(length, add(shiftRight(get(token), number(2)), number(1))),
  ...need(number(bytes)),
  ...set(distance, distanceAt(get(p))),
  ...advance(p, number(bytes)),
]

const kind = (value: number) => below(and(get(token), number(3)), number(value + 1))

/**
 * Snappy's elements (https://github.com/google/snappy/blob/main/format_description.txt), which
 * follow the length of the whole, in WebAssembly.
 */
export const snappyBlock = newDecoder(
  programOf(
    forever(
      when(atLeast(get(p), get(end)), giveBack(get(d))),
      nextByte,
      set(token, get(byte)),
      choose(kind(0), literal, [
        ...choose(kind(1), nearCopy, choose(kind(2), farCopy(2, shortAt), farCopy(4, wordAt))),
        ...copyMatch,
      ]),
    ),
  ),
)

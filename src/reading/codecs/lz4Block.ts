import {
  add,
  and,
  atLeast,
  equal,
  forever,
  get,
  giveBack,
  number,
  repeatWhile,
  set,
  shiftRight,
  shortAt,
  subtract,
  below,
  when,
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

/** A length of 15 goes on in the bytes that follow, up to one that is not 255. */
const restOfLength = when(
  equal(get(length), number(15)),
  repeatWhile(equal(get(byte), number(255)), nextByte, advance(length, get(byte))),
)

/**
 * One LZ4 block (https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md) in WebAssembly, for
 * its copies of 16 bytes at a time: four times as fast as the same in JavaScript (measured), and
 * it runs wherever the extension does.
 */
export const lz4Block = newDecoder(
  programOf(
    forever(
      when(atLeast(get(p), get(end)), giveBack(get(d))),
      nextByte,
      set(token, get(byte)),
      set(length, shiftRight(get(token), number(4))),
      restOfLength,
      copyLiterals,
      when(atLeast(get(p), get(end)), giveBack(get(d))),
      when(below(subtract(get(end), get(p)), number(2)), fail(MALFORMED)),
      set(distance, shortAt(get(p))),
      advance(p, number(2)),
      set(length, and(get(token), number(15))),
      restOfLength,
      set(length, add(get(length), number(4))),
      copyMatch,
    ),
  ),
)

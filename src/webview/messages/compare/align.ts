/** A pair of positions; -1: nothing on this side stands against the other. */
export type Pair = readonly [left: number, right: number]

/** Items that may be alone before looking for what is the same costs too much. */
const MOST_EDITS = 1000

/**
 * Pairs two sequences in their order. What is `same` at both ends and in the longest common
 * subsequence between them is paired first; what is left between two such pairs is paired by
 * position, and the rest stands alone. Where more than `mostEdits` items have no equal, all between
 * the two ends is paired by position.
 */
export function align(
  left: number,
  right: number,
  same: (left: number, right: number) => boolean,
  mostEdits = MOST_EDITS,
): Pair[] {
  let start = 0
  while (start < left && start < right && same(start, start)) start++
  let end = 0
  while (end < left - start && end < right - start && same(left - 1 - end, right - 1 - end)) end++
  const pairs: Pair[] = []
  for (let at = 0; at < start; at++) pairs.push([at, at])
  const within = (a: number, b: number) => same(start + a, start + b)
  const common = commonIn(left - start - end, right - start - end, within, mostEdits)
  let from: Pair = [start, start]
  for (const [a, b] of common) {
    pairByPosition(pairs, from, [start + a, start + b])
    pairs.push([start + a, start + b])
    from = [start + a + 1, start + b + 1]
  }
  pairByPosition(pairs, from, [left - end, right - end])
  for (let at = end; at > 0; at--) pairs.push([left - at, right - at])
  return pairs
}

function pairByPosition(into: Pair[], [fromLeft, fromRight]: Pair, [toLeft, toRight]: Pair): void {
  const both = Math.min(toLeft - fromLeft, toRight - fromRight)
  for (let at = 0; at < both; at++) into.push([fromLeft + at, fromRight + at])
  for (let at = fromLeft + both; at < toLeft; at++) into.push([at, -1])
  for (let at = fromRight + both; at < toRight; at++) into.push([-1, at])
}

/**
 * A longest common subsequence (Myers, "An O(ND) Difference Algorithm and Its Variations", 1986);
 * nothing where more than `most` items would be left out.
 */
function commonIn(
  left: number,
  right: number,
  same: (left: number, right: number) => boolean,
  most: number,
): Pair[] {
  const bound = Math.min(left + right, most)
  // How far each diagonal was followed, and what that was before each number of edits.
  const reached = new Int32Array(2 * bound + 3)
  const middle = bound + 1
  const trace: Int32Array[] = []
  for (let edits = 0; edits <= bound; edits++) {
    trace.push(reached.slice(middle - edits - 1, middle + edits + 2))
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const at = middle + diagonal
      const below = reached[at + 1] ?? 0
      const beside = reached[at - 1] ?? 0
      let a = isDown(diagonal, edits, beside, below) ? below : beside + 1
      while (a < left && a - diagonal < right && same(a, a - diagonal)) a++
      reached[at] = a
      if (a >= left && a - diagonal >= right) return wayBack(trace, left, right)
    }
  }
  return []
}

function isDown(diagonal: number, edits: number, beside: number, below: number): boolean {
  return diagonal === -edits || (diagonal !== edits && beside < below)
}

function wayBack(trace: readonly Int32Array[], left: number, right: number): Pair[] {
  const pairs: Pair[] = []
  let [a, b] = [left, right]
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const before = trace[edits]
    const at = a - b + edits + 1
    const below = before?.[at + 1] ?? 0
    const beside = before?.[at - 1] ?? 0
    const down = isDown(a - b, edits, beside, below)
    const fromA = edits === 0 ? 0 : down ? below : beside
    const fromB = edits === 0 ? 0 : fromA - (a - b + (down ? 1 : -1))
    while (a > fromA && b > fromB) pairs.push([--a, --b])
    a = fromA
    b = fromB
  }
  return pairs.reverse()
}

/** Where two texts differ between their common beginning and their common end. */
export interface Difference {
  readonly from: number
  readonly leftEnd: number
  readonly rightEnd: number
}

/** Not within the two halves of one letter. */
export function differenceOf(left: string, right: string): Difference {
  const most = Math.min(left.length, right.length)
  let from = 0
  while (from < most && left.charCodeAt(from) === right.charCodeAt(from)) from++
  if (from > 0 && isHighHalf(left.charCodeAt(from - 1))) from--
  let end = 0
  while (
    end < most - from &&
    left.charCodeAt(left.length - 1 - end) === right.charCodeAt(right.length - 1 - end)
  )
    end++
  if (end > 0 && isLowHalf(left.charCodeAt(left.length - end))) end--
  return { from, leftEnd: left.length - end, rightEnd: right.length - end }
}

function isHighHalf(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff
}

function isLowHalf(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff
}

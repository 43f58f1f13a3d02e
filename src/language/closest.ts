/** Names longer than this are payload rather than slips of the pen. */
const LONGEST = 40
const MOST_SLIPS = 3

/**
 * The candidate that a person most likely meant by `name`: the same in other case, or at most one
 * slip (wrong, missing, extra or swapped letter) per three letters away. Ties: the first one. Where
 * candidates are of another kind than the name, `most` slips are fewer.
 */
export function closest(
  name: string,
  candidates: Iterable<string>,
  most = MOST_SLIPS,
): string | undefined {
  if (name.length < 2 || name.length > LONGEST) return undefined
  const wanted = name.toLowerCase()
  let best: string | undefined
  let bestDistance = Math.min(most, Math.floor(wanted.length / 3) + (wanted.length < 3 ? 1 : 0)) + 1
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - wanted.length) >= bestDistance) continue
    const distance = distanceOf(wanted, candidate.toLowerCase(), bestDistance)
    if (distance >= bestDistance) continue
    best = candidate
    bestDistance = distance
    if (distance === 0) break
  }
  return best
}

/** Optimal string alignment distance, or at least `limit` where it is not below it. */
function distanceOf(a: string, b: string, limit: number): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    let smallest = i
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, at(beforeLast, j - 2) + 1)
      }
      row.push(cost)
      if (cost < smallest) smallest = cost
    }
    if (smallest >= limit) return limit
    beforeLast = last
    last = row
  }
  return at(last, b.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY
}

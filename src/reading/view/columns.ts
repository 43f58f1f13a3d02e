type Deltas = Uint8Array | Uint16Array | Uint32Array | Float64Array

/**
 * Whole numbers up to 2^53, each as its distance from the smallest, in as few bytes as the farthest
 * needs; none at all where they are all the same.
 */
export interface Column {
  readonly base: number
  readonly deltas: Deltas | undefined
}

/** The first `count` of the values, which are not kept. */
export function columnOf(values: Float64Array, count: number): Column {
  if (count === 0) return { base: 0, deltas: undefined }
  let least = values[0] ?? 0
  let most = least
  for (let row = 1; row < count; row++) {
    const value = values[row] ?? 0
    if (value < least) least = value
    if (value > most) most = value
  }
  if (most === least) return { base: least, deltas: undefined }
  const deltas = deltasFor(most - least, count)
  // A loop for each kind of array, which is what makes them fast.
  if (deltas instanceof Uint8Array)
    for (let row = 0; row < count; row++) deltas[row] = (values[row] ?? 0) - least
  else if (deltas instanceof Uint16Array)
    for (let row = 0; row < count; row++) deltas[row] = (values[row] ?? 0) - least
  else for (let row = 0; row < count; row++) deltas[row] = (values[row] ?? 0) - least
  return { base: least, deltas }
}

function deltasFor(range: number, count: number): Deltas {
  if (range <= 0xff) return new Uint8Array(count)
  if (range <= 0xffff) return new Uint16Array(count)
  return range <= 0xffffffff ? new Uint32Array(count) : new Float64Array(count)
}

export function valueAt({ base, deltas }: Column, row: number): number {
  return deltas === undefined ? base : base + (deltas[row] ?? 0)
}

/** What it takes in memory beside a small constant. */
export function columnBytes({ deltas }: Column): number {
  return deltas?.byteLength ?? 0
}

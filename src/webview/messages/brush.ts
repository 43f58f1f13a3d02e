/** A range of time, `from` included and `to` not, ms since the epoch. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** The times a timeline is about, and the step that a range keeps to. */
export interface Extent extends Range {
  readonly step: number
}

/** From one time to another in whole steps, at least one; either may be the earlier. */
export function rangeOf(a: number, b: number, extent: Extent): Range {
  const last = extent.to - extent.step
  const start = (time: number) => Math.max(extent.from, Math.min(last, floor(time, extent)))
  return { from: start(Math.min(a, b)), to: start(Math.max(a, b)) + extent.step }
}

function floor(time: number, { from, step }: Extent): number {
  return from + Math.floor((time - from) / step) * step
}

/** As long as before, `steps` later. */
export function moved(range: Range, steps: number, extent: Extent): Range {
  const length = range.to - range.from
  const from = Math.max(extent.from, Math.min(extent.to - length, range.from + steps * extent.step))
  return { from, to: from + length }
}

/** Its end `steps` later; never shorter than a step. */
export function extended(range: Range, steps: number, extent: Extent): Range {
  const to = Math.min(extent.to, range.to + steps * extent.step)
  return { from: range.from, to: Math.max(range.from + extent.step, to) }
}

/** The first range that a key makes: a tenth of all, at the end it came from. */
export function begun(steps: number, extent: Extent): Range {
  const bins = Math.round((extent.to - extent.from) / extent.step)
  const length = Math.max(1, Math.round(bins / 10)) * extent.step
  return steps < 0
    ? { from: extent.to - length, to: extent.to }
    : { from: extent.from, to: extent.from + length }
}

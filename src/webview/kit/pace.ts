/**
 * Runs `paint` at most once in `every` ms, and then with the newest state: what comes in between
 * is painted together. `now()` skips the waiting, for what a person did.
 */
export interface Pace {
  soon(): void
  now(): void
}

export function pace(paint: () => void, every = 1000): Pace {
  let last = -Infinity
  let timer: number | undefined
  const run = () => {
    clearTimeout(timer)
    timer = undefined
    last = performance.now()
    paint()
  }
  return {
    soon: () => {
      timer ??= setTimeout(run, Math.max(0, last + every - performance.now()))
    },
    now: run,
  }
}

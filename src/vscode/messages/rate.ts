import type { Clock } from '../../base/clock.ts'

/** Ms over which a rate is taken. */
const WINDOW = 3000

interface Sample {
  readonly at: number
  readonly records: number
  readonly bytes: number
}

/** Records and bytes per second over the last three seconds. */
export class RateMeter {
  readonly #clock: Clock
  #samples: Sample[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(records: number, bytes: number): void {
    this.#samples.push({ at: this.#clock.now(), records, bytes })
  }

  clear(): void {
    this.#samples = []
  }

  now(): { readonly records: number; readonly bytes: number } {
    const from = this.#clock.now() - WINDOW
    this.#samples = this.#samples.filter(sample => sample.at > from)
    const sum = (pick: (sample: Sample) => number) =>
      this.#samples.reduce((total, sample) => total + pick(sample), 0)
    return {
      records: sum(sample => sample.records) / (WINDOW / 1000),
      bytes: sum(sample => sample.bytes) / (WINDOW / 1000),
    }
  }
}

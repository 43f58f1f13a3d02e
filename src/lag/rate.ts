/**
 * An exponentially weighted mean of a rate, for unevenly spaced looks. It also keeps the weight
 * that it has gathered, so that the first looks are an honest mean and not a climb from zero.
 */
export interface Rate {
  /** How long a look stays felt, ms. */
  readonly timeConstant: number
  readonly sum: number
  readonly weight: number
  /** How many intervals went in. */
  readonly samples: number
}

/** Felt within some seconds: for arrows, the chart and the numbers in the table. */
export const SHORT_RATE = 15_000
/** Steady, also where records are rare: for judging where the lag goes. */
export const LONG_RATE = 120_000
/** With fewer intervals a rate is not told. */
export const MINIMUM_SAMPLES = 5

export function newRate(timeConstant: number): Rate {
  return { timeConstant, sum: 0, weight: 0, samples: 0 }
}

/** After an interval of `ms` in which `records` passed. */
export function addToRate(rate: Rate, records: number, ms: number): Rate {
  if (ms <= 0) return rate
  const share = 1 - Math.exp(-ms / rate.timeConstant)
  const perSecond = (records * 1000) / ms
  return {
    timeConstant: rate.timeConstant,
    sum: rate.sum + share * (perSecond - rate.sum),
    weight: rate.weight + share * (1 - rate.weight),
    samples: rate.samples + 1,
  }
}

/** Records per second; undefined before the first interval. */
export function rateValue(rate: Rate): number | undefined {
  return rate.weight > 0 ? rate.sum / rate.weight : undefined
}

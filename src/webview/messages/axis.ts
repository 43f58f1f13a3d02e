const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map(ms => ms),
  ...[1, 2, 5, 10, 15, 30].map(n => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map(n => n * MINUTE),
  ...[1, 2, 3, 6, 12].map(n => n * HOUR),
  ...[1, 2, 7, 14, 30, 90, 180, 365].map(n => n * DAY),
]

export interface Tick {
  /** Ms since the epoch. */
  readonly at: number
  readonly label: string
}

/** At most `most` round local times between two, with as much of a date and a clock as they need. */
export function ticksOf(from: number, to: number, most: number): readonly Tick[] {
  const step = STEPS.find(each => (to - from) / each <= most) ?? (to - from) / Math.max(1, most)
  const ticks: Tick[] = []
  for (let at = firstTick(from, step); at < to; at += step)
    ticks.push({ at, label: labelOf(at, step) })
  return ticks
}

/** Midnights and full hours are local ones: the step begins where the zone does. */
function firstTick(from: number, step: number): number {
  const zone = -new Date(from).getTimezoneOffset() * MINUTE
  return Math.ceil((from + zone) / step) * step - zone
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

function labelOf(at: number, step: number): string {
  const date = new Date(at)
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}`
  const day = dayInWords(at)
  if (step >= 90 * DAY) return `${MONTHS[date.getMonth()] ?? ''} ${date.getFullYear()}`
  if (step >= DAY) return day
  if (date.getHours() === 0 && clock === '00:00' && date.getSeconds() === 0 && step >= MINUTE)
    return day
  if (step >= MINUTE) return clock
  const seconds = `${clock}:${two(date.getSeconds())}`
  return step >= SECOND ? seconds : `${seconds}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

/** `4 Nov`. */
export function dayInWords(time: number): string {
  const date = new Date(time)
  return `${date.getDate()} ${MONTHS[date.getMonth()] ?? ''}`
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}

/** Stands for what does not apply or is not there. */
export const NONE = '–'
/** Stands for what is not known. */
export const UNKNOWN = '?'

const MINUS = '−'
const NBSP = '\u00a0'

/** Grouped by thousands: `1,204`, `−12`; `–` for what is not there. */
export function count(n: bigint | number | undefined): string {
  if (n === undefined) return NONE
  const whole = typeof n === 'bigint' ? n : BigInt(Math.round(n))
  const digits = (whole < 0n ? -whole : whole).toString()
  return (whole < 0n ? MINUS : '') + digits.replace(/\B(?=(\d{3})+$)/g, ',')
}

/** As `count`, with a plus sign: `+12`, `−3`, `0`. */
export function signedCount(n: bigint | number): string {
  const text = count(n)
  return text === '0' || text.startsWith(MINUS) ? text : `+${text}`
}

/** For a status bar or a badge: `310`, `4.2k`, `1.25M`. */
export function shortCount(n: bigint | number): string {
  const value = Number(n)
  const size = Math.abs(value)
  const sign = value < 0 ? MINUS : ''
  if (size < 1000) return sign + size.toFixed(0)
  if (size < 999_950) return `${sign}${trimZero((size / 1000).toFixed(1))}k`
  if (size < 999_995_000) return `${sign}${trimZero((size / 1e6).toFixed(2))}M`
  return `${sign}${trimZero((size / 1e9).toFixed(2))}G`
}

function trimZero(text: string): string {
  return text.replace(/\.?0+$/, '')
}

/** Whole records per second: `312/s`, `<1/s`; `–` where there is none to tell. */
export function rate(perSecond: number | undefined): string {
  if (perSecond === undefined) return NONE
  if (perSecond >= 0.01 && perSecond < 0.5) return '<1/s'
  return `${count(perSecond)}/s`
}

/** A rate of change, with its sign: `+496/s`. */
export function signedRate(perSecond: number): string {
  if (Math.abs(perSecond) < 0.5) return '0/s'
  return `${signedCount(perSecond)}/s`
}

/** At most two units: `0 s`, `<1 s`, `38 s`, `3 min 42 s`, `41 min`, `2 h 10 min`, `3 d 4 h`. */
export function duration(ms: number): string {
  const seconds = ms / 1000
  if (seconds <= 0) return unit(0, 's')
  if (seconds < 1) return `<${unit(1, 's')}`
  const whole = Math.floor(seconds)
  if (whole < 60) return unit(whole, 's')
  if (whole < 600 && whole % 60 > 0)
    return `${unit(Math.floor(whole / 60), 'min')} ${pad(whole % 60)}${NBSP}s`
  if (whole < 3600) return unit(Math.floor(whole / 60), 'min')
  if (whole < 86_400)
    return `${unit(Math.floor(whole / 3600), 'h')} ${pad(Math.floor(whole / 60) % 60)}${NBSP}min`
  return `${unit(Math.floor(whole / 86_400), 'd')} ${unit(Math.floor(whole / 3600) % 24, 'h')}`
}

function unit(n: number, name: string): string {
  return `${n}${NBSP}${name}`
}

/** `512 B`, `1.2 KiB`, `3.4 MiB`. */
export function bytes(n: bigint | number): string {
  const value = Number(n)
  if (value < 1024) return unit(value, 'B')
  const names = ['KiB', 'MiB', 'GiB', 'TiB']
  const power = Math.min(Math.floor(Math.log2(value) / 10), names.length)
  return `${(value / 1024 ** power).toFixed(1)}${NBSP}${names[power - 1] ?? ''}`
}

/** Local time of day: `14:02:10`. */
export function timeOfDay(ms: number): string {
  const date = new Date(ms)
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`
}

function pad(n: number): string {
  return String(n).padStart(2, '0')
}

/** `1 partition`, `3 partitions`. */
export function plural(n: number, one: string): string {
  return `${count(n)} ${one}${n === 1 ? '' : 's'}`
}

export function clockTime(time: number): string {
  const date = new Date(time)
  const { h, m, s } = { h: date.getHours(), m: date.getMinutes(), s: date.getSeconds() }
  return `${two(h)}:${two(m)}:${two(s)}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

export function dayOf(time: number): string {
  const date = new Date(time)
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

export function dayAndTime(time: number): string {
  return `${dayOf(time)} ${clockTime(time)}`
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}

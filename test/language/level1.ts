/**
 * Level 1 once more, written straight from its specification (kafka-file-level1.md, section 1.13)
 * and sharing nothing with the parser: the parser must read the same from level 1 text.
 */
export interface Level1Block {
  readonly kind: 'PRODUCER' | 'CONSUMER'
  readonly start: number
  readonly end: number
  readonly properties: readonly (readonly [name: string, value: string | undefined, line: number])[]
  readonly value?: string
  readonly group?: string
}

const KNOWN = ['topic', 'key', 'headers', 'key-format', 'value-format', 'every', 'value-schema']

interface Line {
  readonly start: number
  readonly text: string
}

function linesOf(text: string): Line[] {
  const lines: Line[] = []
  let start = 0
  for (const part of text.split(/(\r\n|\r|\n)/)) {
    if (!/^[\r\n]/.test(part) && (part !== '' || start < text.length)) {
      lines.push({ start, text: part })
    }
    start += part.length
  }
  return lines
}

export function level1(text: string): Level1Block[] {
  const lines = linesOf(text)
  const blocks: Level1Block[] = []
  let current: { kind: Level1Block['kind']; start: number } | undefined
  const emit = (end: number) => {
    if (current) blocks.push(blockOf(text, lines, current.kind, current.start, end))
  }
  lines.forEach((line, index) => {
    const kind = kindOf(line.text)
    if (!current) {
      if (kind) current = { kind, start: index }
    } else if (line.text.startsWith('###') || (current.kind === 'CONSUMER' && kind)) {
      emit(index - 1)
      current = current.kind === 'CONSUMER' && kind ? { kind, start: index } : undefined
    }
  })
  emit(lines.length - 1)
  return blocks
}

function kindOf(text: string): Level1Block['kind'] | undefined {
  if (text.startsWith('PRODUCER')) return 'PRODUCER'
  return text.startsWith('CONSUMER') ? 'CONSUMER' : undefined
}

function blockOf(
  text: string,
  lines: readonly Line[],
  kind: Level1Block['kind'],
  start: number,
  end: number,
): Level1Block {
  const properties: [string, string | undefined, number][] = []
  for (let index = start + 1; index <= end; index++) {
    const line = lines[index]?.text ?? ''
    if (line.startsWith('--') || line.trim() === '') continue
    const colon = line.indexOf(':')
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? undefined : line.slice(colon + 1).trim()
    if (kind === 'CONSUMER') {
      properties.push([name.trim(), value, index])
    } else if (colon >= 0 && KNOWN.includes(name)) {
      properties.push([name, value, index])
    } else {
      const last = lines[end]
      const stop = (last?.start ?? 0) + (last?.text.length ?? 0)
      const body = text.slice(lines[index]?.start, stop).trim()
      return { kind, start, end, properties, value: body }
    }
  }
  const group = kind === 'CONSUMER' ? (lines[start]?.text ?? '').slice(8).trim() : ''
  return { kind, start, end, properties, ...(group !== '' && { group }) }
}

/** Section 1.7: the headers that one line sends; of a repeated name the last value. */
export function level1Headers(text: string): ReadonlyMap<string, string> {
  const headers = new Map<string, string>()
  for (const part of text.split(',')) {
    const [name, value] = part.trim().split('=')
    if (name !== undefined && value !== undefined) headers.set(name.trim(), value.trim())
  }
  return headers
}

/**
 * Section 1.9: the partitions of a list, sorted; undefined: it is refused, or is one of the lists that
 * read all partitions by mistake (section 1.15, 16).
 */
export function level1Partitions(text: string): readonly number[] | undefined {
  if (/[^\d,\- ]/.test(text)) return undefined
  const partitions = new Set<number>()
  for (const part of text.replaceAll(' ', '').split(',')) {
    if (part === '') continue
    const ends = part.split('-')
    if (ends.includes('')) return undefined
    const [from, to] = [Number(ends[0]), Number(ends.at(-1))]
    if (from > to) return undefined
    for (let partition = from; partition <= to; partition++) partitions.add(partition)
  }
  return partitions.size === 0 ? undefined : [...partitions].sort((a, b) => a - b)
}

/** Section 1.9: what `from` starts at where it runs. */
export function level1From(text: string): 'earliest' | 'latest' | bigint | undefined {
  if (text === 'earliest' || text === 'latest') return text
  return /^(?:\d+|0[xX][\da-fA-F]+)$/.test(text) ? BigInt(text) : undefined
}

/** Section 1.6: the interval in ms, where it runs. */
export function level1Every(text: string): number | undefined {
  const [, amount, unit] = /^(\d+)([smh])$/.exec(text) ?? []
  if (amount === undefined || Number(amount) === 0) return undefined
  return Number(amount) * (unit === 's' ? 1_000 : unit === 'm' ? 60_000 : 3_600_000)
}

const FORMAT_NAMES = 'string double float integer long short'.split(' ')

/** Section 1.8: name and parameters of a format that PRODUCER and CONSUMER know. */
export function level1Format(text: string): readonly [string, readonly string[]] | undefined {
  const [name = '', ...rest] = text.split('(')
  if (!FORMAT_NAMES.includes(name.trim())) return undefined
  const list = rest.join('(').split(')')[0] ?? ''
  return [name.trim(), list.trim() === '' ? [] : list.split(',').map(part => part.trim())]
}

/** Section 1.11: where expressions stand that are evaluated, `{{` and `}}` counted. */
export function level1Expressions(text: string): readonly (readonly [number, number])[] {
  const found: [number, number][] = []
  let from = 0
  for (;;) {
    const start = text.slice(from).search(/\{\{[a-z]/)
    if (start < 0) return found
    const end = text.indexOf('}}', from + start)
    if (end < 0) return found
    found.push([from + start, end + 2])
    from = end + 2
  }
}

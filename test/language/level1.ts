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

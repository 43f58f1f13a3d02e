/** A consumer of the debugged program became a member of its group. */
export interface Join {
  readonly groupId: string
  readonly memberId: string
}

/** What kafkajs logs, as one line of JSON, each time one of its consumers has joined. */
const JOINED = '[ConsumerGroup] Consumer has joined the group'

/** Reads a program's output as it comes: pieces of any size, several lines or half of one. */
export class JoinReader {
  #rest = ''

  /** The joins in the lines that this piece completes. */
  read(piece: string): readonly Join[] {
    const lines = (this.#rest + piece).split('\n')
    // A program that never ends its line must not fill the memory.
    this.#rest = (lines.pop() ?? '').slice(-LONGEST_LINE)
    return lines.flatMap(line => joinIn(line) ?? [])
  }
}

const LONGEST_LINE = 64 * 1024

function joinIn(line: string): Join | undefined {
  if (!line.includes(JOINED)) return undefined
  const found = parse(line.slice(line.indexOf('{')))
  if (found?.['message'] !== JOINED) return undefined
  const { groupId, memberId } = found
  if (typeof groupId !== 'string' || typeof memberId !== 'string') return undefined
  return { groupId, memberId }
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

import { visible } from '../base/visible.ts'
import { settingsOf } from '../language/settings.ts'
import type { Block, KafkaFile } from '../language/tree.ts'
import { nameOf } from '../report/outcome.ts'
import { counted, lasting } from '../report/words.ts'
import type { BlockProgress, RunEvent } from '../run/events.ts'

/** Tells what the blocks of a run wait for while they run. Whoever made it calls `tick` now and then. */
export interface RunProgress {
  /** `redact` takes the secrets of the run out of what the file says. */
  take(event: RunEvent, of: RunningFile): void
  tick(): void
  /** Takes the line away, before something else is told. */
  clear(): void
}

export interface RunningFile {
  readonly name: string
  readonly file: KafkaFile
  readonly redact: (text: string) => string
}

export interface ProgressLines {
  readonly write: (text: string) => void
  /** Ms, from any start. */
  readonly now: () => number
  /** Characters in a line of the terminal, where one line is written again and again; absent: lines. */
  readonly width?: number
}

export const NO_PROGRESS: RunProgress = {
  take: () => undefined,
  tick: () => undefined,
  clear: () => undefined,
}

/** What takes less time than this is not told, ms. */
const AT_LEAST_MS = 2_000
/** On a terminal sooner: the line goes away again. */
const ON_TERMINAL_MS = 200
const CLEAR_LINE = '\r\u001b[K'

interface Running {
  readonly of: RunningFile
  readonly block: Block
  readonly startedAt: number
  /** When it is told next: each time after twice as long, so that lines are few. */
  tellAt: number
  progress: BlockProgress | undefined
}

export function runProgress({ write, now, width }: ProgressLines): RunProgress {
  const running = new Map<Block, Running>()
  let shown = false
  const clear = () => {
    if (shown) write(CLEAR_LINE)
    shown = false
  }
  const tickLine = () => {
    const due = [...running.values()].filter(each => each.startedAt + ON_TERMINAL_MS <= now())
    const last = due.at(-1)
    if (!last || width === undefined) return
    const others = due.length > 1 ? ` · and ${due.length - 1} more` : ''
    write(`${CLEAR_LINE}${cut(`${textOf(last, now())}${others}`, width - 1)}`)
    shown = true
  }
  const tickLines = () => {
    for (const each of running.values()) {
      if (each.tellAt > now()) continue
      each.tellAt = each.startedAt + 2 * (now() - each.startedAt)
      write(`${textOf(each, now())}\n`)
    }
  }
  return {
    take(event, of) {
      if (event.kind === 'run-started' || event.kind === 'run-ended') return
      const block = of.file.blocks[event.block]
      if (!block) return
      const startedAt = now()
      if (event.kind === 'block-started') {
        const tellAt = startedAt + AT_LEAST_MS
        running.set(block, { of, block, startedAt, tellAt, progress: undefined })
      } else if (event.kind === 'block-ended') running.delete(block)
      else if (event.progress.kind !== 'output') {
        const known = running.get(block)
        if (known) known.progress = event.progress
      }
    },
    tick: width === undefined ? tickLines : tickLine,
    clear,
  }
}

/** `orders.kafka:21  EXPECT priced waits for 1 record from orders-priced within 15s · 34 records read, 0 matched · 4.0 s`. */
function textOf({ of, block, startedAt, progress }: Running, now: number): string {
  const { name, file, redact } = of
  const group = block.group?.text
  const title = nameOf({
    kind: block.kind,
    ...(block.name !== undefined && { label: block.name }),
    ...(group !== undefined && { group }),
  })
  const parts = [
    `${name}:${block.startLine + 1}  ${title} ${whatOf(file, block)}`,
    progress && stateOf(progress, now),
    lasting(now - startedAt),
  ]
  return visible(redact(parts.filter(part => part).join(' · ')))
}

function whatOf(file: KafkaFile, block: Block): string {
  const settings = settingsOf(file)
  const one = (name: string) => settings.one(block, name)?.value
  const topic = one('topic') ?? ''
  switch (block.kind) {
    case 'EXPECT': {
      const within = `within ${one('within') ?? '10s'}`
      if (block.group) return `waits on ${topic} ${within}`
      if (one('none') === 'true') return `waits whether a record comes to ${topic} ${within}`
      const count = one('count') ?? '1'
      return `waits for ${count} ${count === '1' ? 'record' : 'records'} from ${topic} ${within}`
    }
    case 'CONSUMER':
      return `reads ${topic}`
    case 'PRODUCER':
      return `sends to ${topic}`
    case 'TOPIC':
      return `makes sure of ${topic}`
    case 'DEFAULTS':
      return ''
  }
}

function stateOf(progress: BlockProgress, now: number): string {
  switch (progress.kind) {
    case 'reading':
      return `${counted(progress.read, 'record')} read, ${progress.matched} matched`
    case 'looking':
      return progress.text
    case 'waiting':
      return `next in ${lasting(progress.until - now)}`
    case 'producing':
      return `${progress.totals.acknowledged} of ${counted(progress.totals.sent, 'record')} acknowledged`
    case 'sending':
      return `${counted(progress.count, 'record')} on the way`
    case 'sent':
    case 'output':
      return ''
  }
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, Math.max(0, most - 1))}…` : text
}

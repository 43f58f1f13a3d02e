/**
 * A process with the reader in its thread, as the extension has it: measures what it is told to, and
 * answers with numbers. The thread's code is bundled as it ships; see `read.ts`.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { silentLog } from '../../src/base/log.ts'
import { AUTO } from '../../src/kafka/format.ts'
import type { RecordFilter } from '../../src/kafka/filter.ts'
import type { ReadRequest } from '../../src/kafka/reading.ts'
import { createReader } from '../../src/reading/reader.ts'

export type Job =
  | { readonly kind: 'scan'; readonly topic: string; readonly filter?: Filter }
  | { readonly kind: 'first-row'; readonly topic: string }
  | { readonly kind: 'view'; readonly topic: string }

export interface Filter {
  readonly text?: string
  readonly expression?: string
}

export interface Answer {
  /** From the call to the end; of a first row, to that row. */
  readonly ms: number
  readonly records: number
  readonly matched: number
  /** Of a view: how long this process's event loop was held up, the longest of a hundred. */
  readonly blockP99Ms?: number
  readonly blockMaxMs?: number
  readonly held?: number
  readonly peakRssMb: number
}

const [bootstrapServers = '', workerPath = ''] = process.argv.slice(2)
const reader = createReader({
  workerPath,
  config: { bootstrapServers: [bootstrapServers], clientId: 'bench' },
  log: silentLog,
})
const formats = { key: AUTO, value: AUTO }

process.on('message', (job: Job) => {
  run(job).then(
    answer => process.send?.(answer),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
process.on('disconnect', () => process.exit(0))

async function run(job: Job): Promise<Answer> {
  const started = performance.now()
  const found = await (job.kind === 'view' ? view(job.topic) : read(job))
  return {
    ms: performance.now() - started,
    ...found,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
  }
}

const wholeOf = (topic: string): ReadRequest => ({
  topic,
  from: { all: { kind: 'earliest' } },
  to: { all: { kind: 'latest' } },
})

function filterOf({ text, expression }: Filter): RecordFilter {
  return {
    formats,
    ...(text !== undefined && { text: { text, ignoreCase: false } }),
    ...(expression !== undefined && { expressions: [expression] }),
  }
}

async function read(job: Job & { kind: 'scan' | 'first-row' }) {
  const filter = job.kind === 'scan' ? job.filter : undefined
  const request = { ...wholeOf(job.topic), ...(filter && { filter: filterOf(filter) }) }
  const signal = new AbortController().signal
  let records = 0
  let matched = 0
  for await (const { pages, recordsRead } of reader.read(request, { signal })) {
    records = recordsRead
    for (const page of pages) matched += page.count
    if (job.kind === 'first-row' && matched > 0) break
  }
  return { records, matched }
}

/** As the viewer uses it: it asks for what is to be seen whenever that may have changed. */
async function view(topic: string) {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const shown = reader.view({
    topic,
    source: { kind: 'read', request: wholeOf(topic) },
    formats,
    budgetBytes: 64 * 1024 * 1024,
  })
  try {
    await new Promise<void>((resolve, reject) => {
      shown.onDidChange(({ phase, problem, dropped, rows }) => {
        void shown.rows({ from: dropped + Math.max(0, rows - 50), count: 50 }).catch(reject)
        if (phase === 'done') resolve()
        if (phase === 'failed') reject(new Error(problem?.message))
      })
    })
    delay.disable()
    const { recordsRead, recordsMatched, recordsHeld } = shown.state
    // The monitor's own interval of a millisecond is part of what it measures.
    const ms = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - 1)
    return {
      records: recordsRead,
      matched: recordsMatched,
      held: recordsHeld,
      blockP99Ms: ms(delay.percentile(99)),
      blockMaxMs: ms(delay.max),
    }
  } finally {
    shown.dispose()
  }
}

/**
 * `npm run bench:read`: the reader against kcat, Java's console consumer and kafkajs's consumer, on
 * the same local broker in one run. Medians of alternating runs; a table for people, and as the last
 * line one JSON object. `--quick` reads a tenth of the records, fewer times.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { build } from 'esbuild'
import { root } from '../stages.ts'
import { datasets, produceAll, type Codec, type Dataset } from './data.ts'
import type { Answer, Job } from './host.ts'
import { consoleConsumer, kafkajsConsumer, kcatCounted, kcatGrep, kcatToEnd } from './others.ts'
import { median } from './median.ts'
import { inPlace, type Place } from './place.ts'
import { printTable, summary, type Row } from './report.ts'

const quick = process.argv.includes('--quick')
const RUNS = quick ? 3 : 5
/** Of what takes long and varies little. */
const FEW_RUNS = quick ? 1 : 3
const FIRST_ROWS = 21
/** What kafkajs can read on its own. */
const KAFKAJS_CODECS = new Set<Codec>(['none', 'gzip'])
const all = datasets(quick ? 0.1 : 1)
const started = performance.now()

await inPlace('read', async place => {
  say(`Writing ${all.length} topics with the Java producer…`)
  await produceAll(all, place)
  const workerPath = await bundleWorker(place)
  const rows = await measureAll(place, workerPath)
  const first = await firstRow(place, workerPath)
  const view = await viewOf(place, workerPath)
  printTable(rows, { first, view, seconds: (performance.now() - started) / 1000 })
  console.log(JSON.stringify(summary(rows, first, view)))
})
// kafkajs keeps timers for a while.
process.exit()

/** The reader's thread as it ships: one minified file. */
async function bundleWorker({ folder }: Place): Promise<string> {
  const path = join(folder, 'reader.mjs')
  await build({
    absWorkingDir: root,
    entryPoints: ['src/reading/worker.ts'],
    outfile: path,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node22.15',
    banner: {
      js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);",
    },
    logLevel: 'error',
  })
  return path
}

async function measureAll(place: Place, workerPath: string): Promise<Row[]> {
  const host = startHost(place, workerPath)
  try {
    // Both the reader and the broker start cold: what is measured is how they read from then on.
    for (const { topic } of all) await ask(host, { kind: 'scan', topic })
    const rows: Row[] = []
    for (const dataset of all) rows.push(await measure(host, dataset, place))
    return rows
  } finally {
    await stop(host)
  }
}

async function measure(host: ChildProcess, dataset: Dataset, place: Place): Promise<Row> {
  say(`${dataset.name}…`)
  const { topic, shape } = dataset
  const { text, expression } = shape
  const times: Record<string, number[]> = {}
  const note = (name: string, ms: number) => (times[name] ??= []).push(ms)
  const scan = async (name: string, job: Job) => {
    const { ms, records, matched } = await ask(host, job)
    if (records !== shape.records) throw new Error(`${topic}: ${records} records were read`)
    if (matched === 0) throw new Error(`${topic}: the filter ${name} found nothing`)
    note(name, ms)
  }
  for (let run = 0; run < RUNS; run++) {
    await scan('ours', { kind: 'scan', topic })
    note('kcat', await kcatToEnd(dataset, place))
    if (run >= FEW_RUNS) continue
    note('kcatCounted', await kcatCounted(dataset, place))
    await scan('text', { kind: 'scan', topic, filter: { text } })
    note('grep', await kcatGrep(dataset, place))
    await scan('cel', { kind: 'scan', topic, filter: { expression } })
    note('console', await consoleConsumer(dataset, place, shape.records))
    note('consoleStart', await consoleConsumer(dataset, place, 1))
    if (!KAFKAJS_CODECS.has(dataset.codec)) continue
    const member = await kafkajsConsumer(dataset, place)
    note('kafkajs', member.readMs)
    note('join', member.joinMs)
  }
  const at = (name: string) => median(times[name] ?? [])
  return {
    name: dataset.name,
    megabytes: (shape.records * shape.bytes) / 1e6,
    ours: at('ours'),
    text: at('text'),
    cel: at('cel'),
    kcat: at('kcat'),
    kcatCounted: at('kcatCounted'),
    grep: at('grep'),
    consoleWall: at('console'),
    consoleStart: at('consoleStart'),
    kafkajs: at('kafkajs'),
    join: at('join'),
  }
}

/** On connections that are open, from the call to the first record. */
async function firstRow(place: Place, workerPath: string): Promise<number> {
  say('The first row…')
  const host = startHost(place, workerPath)
  try {
    const topic = all[0]?.topic ?? ''
    const times: number[] = []
    for (let run = 0; run < FIRST_ROWS; run++) {
      times.push((await ask(host, { kind: 'first-row', topic })).ms)
    }
    // The first one opened the connections.
    return median(times.slice(1))
  } finally {
    await stop(host)
  }
}

/** In a process of its own, whose memory holds nothing else. */
async function viewOf(place: Place, workerPath: string): Promise<Answer> {
  say('The viewer…')
  const answers: Answer[] = []
  for (let run = 0; run < FEW_RUNS; run++) {
    const host = startHost(place, workerPath)
    answers.push(await ask(host, { kind: 'view', topic: all[0]?.topic ?? '' }))
    await stop(host)
  }
  return answers.reduce((worst, answer) => ({
    ...answer,
    blockP99Ms: Math.max(worst.blockP99Ms ?? 0, answer.blockP99Ms ?? 0),
    blockMaxMs: Math.max(worst.blockMaxMs ?? 0, answer.blockMaxMs ?? 0),
    peakRssMb: Math.max(worst.peakRssMb, answer.peakRssMb),
  }))
}

function startHost({ bootstrapServers }: Place, workerPath: string): ChildProcess {
  return fork(join(import.meta.dirname, 'host.ts'), [bootstrapServers, workerPath])
}

async function ask(host: ChildProcess, job: Job): Promise<Answer> {
  const over = new AbortController()
  const { signal } = over
  const gone = once(host, 'exit', { signal }).then(() => {
    throw new Error(`The reader's process ended while it was asked: ${JSON.stringify(job)}`)
  })
  gone.catch(() => undefined)
  host.send(job)
  const answered = once(host, 'message', { signal }) as Promise<[Answer]>
  try {
    const [answer] = await Promise.race([answered, gone])
    return answer
  } finally {
    over.abort()
  }
}

async function stop(host: ChildProcess): Promise<void> {
  const exited = once(host, 'exit')
  host.disconnect()
  await exited
}

function say(text: string): void {
  const seconds = Math.round((performance.now() - started) / 1000)
  console.log(`${`${seconds}`.padStart(4)} s  ${text}`)
}

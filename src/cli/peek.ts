import { ProblemError } from '../base/problem.ts'
import { exporter } from '../formats/records/exporter.ts'
import type { Cluster } from '../kafka/cluster.ts'
import type { RecordPage } from '../kafka/page.ts'
import type { PartitionProgress, ReadRequest, ReadUpdate } from '../kafka/reading.ts'
import { partitionsIn } from '../language/values/partitions.ts'
import { missingPartition } from '../run/missingPartition.ts'
import { connectionConfig } from './connectionOptions.ts'
import { failing, sentenceOf } from './failing.ts'
import { toLocalEpoch } from './localTime.ts'
import { PEEK_HELP, peekOptions, type PeekOptions } from './peekOptions.ts'
import { newProgress } from './progress.ts'
import { recordTable } from './recordTable.ts'
import { EXIT, interruptedExit, type Surroundings } from './terminal.ts'
import { withCluster } from './withCluster.ts'

/**
 * `kafkafile peek`: prints a topic's records (kafka-file specification, section 7.2). The exit code
 * is 1 for bad options, 3 where something could not be read, 130 after Ctrl-C.
 */
export async function peek(args: readonly string[], around: Surroundings): Promise<number> {
  const signal = around.interruptible()
  try {
    const options = peekOptions(args, { now: Date.now(), toLocalEpoch })
    if (!options) {
      await around.print(PEEK_HELP)
      return EXIT.passed
    }
    const config = await connectionConfig(options.connection, around)
    const use = { readerWorker: around.readerWorker, readsSoon: true }
    return await withCluster(config, use, signal, cluster =>
      printRecords(cluster, options, { around, signal }),
    )
  } catch (error) {
    return failing('peek', error, signal, around)
  }
}

interface Printing {
  readonly around: Surroundings
  readonly signal: AbortSignal
}

async function printRecords(
  cluster: Cluster,
  options: PeekOptions,
  { around, signal }: Printing,
): Promise<number> {
  const request = await requestOf(cluster, options, signal)
  const printer = printerOf(options, around.outputWidth)
  const progress = newProgress(around.errorsOnTerminal ? text => around.complain(text) : undefined)
  const told = new Set<string>()
  let last: ReadUpdate | undefined
  await around.write(printer.head)
  try {
    for await (const update of cluster.read(request, { signal })) {
      const problems = newProblems(update.progress, told)
      if (update.pages.length + problems.length > 0) progress.clear()
      for (const page of update.pages) await around.write(printer.chunk(page))
      for (const text of [...movedIn(update.pages), ...problems])
        around.complain(`kafkafile: ${text}\n`)
      progress.take(update)
      last = update
    }
  } finally {
    progress.clear()
  }
  if (signal.aborted) return interruptedExit(signal)
  complainAboutFilter(last?.filterFailures, around)
  return last?.progress.some(({ problem }) => problem) ? EXIT.runtime : EXIT.passed
}

async function requestOf(
  cluster: Cluster,
  options: PeekOptions,
  signal: AbortSignal,
): Promise<ReadRequest> {
  const { topic, from, to, isolation, filter, limit, partitions } = options
  const [found] = await cluster.describeTopics([topic], { signal })
  if (found?.problem) throw new ProblemError(found.problem)
  const count = found?.partitions.length ?? 0
  const missing = missingPartition(options, count)
  if (missing) throw new ProblemError(missing)
  return {
    topic,
    from,
    isolation,
    ...(to && { to }),
    ...(filter && { filter }),
    ...(limit !== undefined && { limit }),
    ...(partitions && { partitions: partitionsIn(partitions, count) }),
  }
}

interface Printer {
  readonly head: Uint8Array
  chunk(page: RecordPage): Uint8Array
}

function printerOf({ output, topic, formats }: PeekOptions, width: number | undefined): Printer {
  const way = output ?? (width === undefined ? 'jsonl' : 'table')
  if (way !== 'table') return exporter(way, { topic, formats })
  const table = recordTable(formats, width)
  const encoder = new TextEncoder()
  return {
    head: encoder.encode(table.head),
    chunk: page => encoder.encode(table.lines(page)),
  }
}

/** What stands in the way of a partition is told once; reading the others goes on. */
function newProblems(progress: readonly PartitionProgress[], told: Set<string>): string[] {
  const texts = progress.flatMap(partition => (partition.problem ? [problemText(partition)] : []))
  const fresh = texts.filter(text => !told.has(text))
  for (const text of fresh) told.add(text)
  return fresh
}

/** Where reading did not start where it was to. */
function movedIn(pages: readonly RecordPage[]): readonly string[] {
  return pages.flatMap(({ errors }) =>
    errors.flatMap(({ moved, message }) => (moved ? message : [])),
  )
}

function problemText({ partition, problem }: PartitionProgress): string {
  const text = problem ? sentenceOf(problem) : ''
  return /\bpartition\b/i.test(text) ? text : `Partition ${partition}: ${text}`
}

function complainAboutFilter(failures: ReadUpdate['filterFailures'], around: Surroundings): void {
  if (!failures) return
  const { count, first } = failures
  const which = count === 1 ? 'One record' : `${count} records`
  around.complain(`kafkafile: ${which} could not be filtered and did not match: ${first}\n`)
}

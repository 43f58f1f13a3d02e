/** What the numbers of `bench:read` say: a table for people, and one object for programs. */
import type { Answer } from './host.ts'

/** Medians in milliseconds. */
export interface Row {
  readonly name: string
  readonly megabytes: number
  readonly ours: number
  /** With a text to find, and with a condition on a field. */
  readonly text: number
  readonly cel: number
  readonly kcat: number
  readonly kcatCounted: number
  readonly grep: number
  readonly consoleWall: number
  /** Of the console consumer: its start, its group, and one record. */
  readonly consoleStart: number
  readonly kafkajs: number
  readonly join: number
}

export interface Rest {
  readonly first: number
  readonly view: Answer
  readonly seconds: number
}

const HEAD = [
  ...['records', 'MB/s', 'ours', 'kcat -e', 'kcat -c', 'console', 'steady', 'kafkajs'],
  ...['ours: text', 'kcat|grep', 'ours: CEL'],
]

const NOTES = `
All times in ms, each the median of alternating runs. MB/s: of records, decompressed.
ours        the reader: from the call until all records of the topic are in the calling thread
            (thread and connections are there already, as in the editor)
kcat -e     kcat to the end of the topic, the whole run of the program, an empty format. It finds
            the end by a fetch that the broker holds for 500 ms (fetch.wait.max.ms)
kcat -c     the same told how many records there are: without that wait. Its fastest form
console     Java's console consumer, the whole run of the program, output to nowhere
steady      the same less a run for one record: without the start of the JVM and the group
kafkajs     its own consumer, from its first fetch to the last record: joining is not counted. It
            reads neither snappy nor lz4 nor zstd
ours: text  with a text filter that a tenth of the records pass; kcat|grep: the same text
ours: CEL   with a condition on a field of the JSON that one in twenty fulfils`

export function printTable(rows: readonly Row[], { first, view, seconds }: Rest): void {
  const lines = [HEAD, ...rows.map(cells)]
  const widths = HEAD.map((_, column) =>
    Math.max(...lines.map(line => (line[column] ?? '').length)),
  )
  console.log()
  for (const line of lines) {
    console.log(
      line
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
  }
  console.log(NOTES)
  console.log(`
first row   ${first.toFixed(1)} ms on an open connection; kafkajs joins a group for its first record
            in ${joinMs(rows).toFixed(0)} ms (this broker does not wait for more members; Kafka's default
            is to wait 3 s)
viewer      ${view.records} records through a view of 64 MB, which kept ${view.held ?? 0}, in ${view.ms.toFixed(0)} ms; event loop
            of the host held up for ${ms(view.blockP99Ms)} ms at p99, ${ms(view.blockMaxMs)} ms at most; peak memory of the
            whole process ${view.peakRssMb.toFixed(0)} MB
took        ${seconds.toFixed(0)} s
`)
}

const ms = (value: number | undefined) => (value ?? Number.NaN).toFixed(1)

function cells(row: Row): string[] {
  const number = (value: number) => value.toFixed(0)
  return [
    row.name,
    number(row.megabytes / (row.ours / 1000)),
    number(row.ours),
    against(row.kcat, row),
    against(row.kcatCounted, row),
    against(row.consoleWall, row),
    against(steady(row), row),
    against(row.kafkajs, row),
    number(row.text),
    `${number(row.grep)} (${ratio(row.grep / row.text)})`,
    number(row.cel),
  ]
}

const against = (other: number, { ours }: Row) =>
  Number.isNaN(other) ? '–' : `${other.toFixed(0)} (${ratio(other / ours)})`
const ratio = (value: number) => `${value.toFixed(1)}×`
const steady = ({ consoleWall, consoleStart }: Row) => consoleWall - consoleStart
const joinMs = (rows: readonly Row[]) =>
  Math.min(...rows.map(row => row.join).filter(join => !Number.isNaN(join)))

/** Ratios say how many times as fast the reader is. */
export function summary(rows: readonly Row[], first: number, view: Answer): object {
  const rounded = (value: number) => Number(value.toFixed(2))
  const each = (of: (row: Row) => number) =>
    Object.fromEntries(rows.map(row => [row.name, rounded(of(row) / row.ours)]))
  const worst = (of: (row: Row) => number) =>
    Math.min(...Object.values(each(of)).filter(times => !Number.isNaN(times)))
  return {
    scan_vs_kcat: each(row => row.kcat),
    scan_vs_kcat_counted: each(row => row.kcatCounted),
    scan_vs_console_consumer: worst(row => row.consoleWall),
    scan_vs_console_consumer_steady: worst(steady),
    scan_vs_kafkajs: worst(row => row.kafkajs),
    text_filter_vs_kcat_grep: rounded(Math.min(...rows.map(row => row.grep / row.text))),
    first_row_ms: rounded(first),
    first_row_vs_group_join: rounded(joinMs(rows) / first),
    host_block_p99_ms: rounded(view.blockP99Ms ?? Number.NaN),
    host_block_max_ms: rounded(view.blockMaxMs ?? Number.NaN),
    peak_rss_mb: rounded(view.peakRssMb),
  }
}

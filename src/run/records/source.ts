import { problemOf, type Problem } from '../../base/problem.ts'
import { bytesOf } from '../../formats/encodings.ts'
import type { OutgoingRecord, PackedValues } from '../../kafka/cluster.ts'
import { isTextAsItIs, type ProducerPlan } from '../producerPlan.ts'
import { NO_VALUES, packedLines } from './packedLines.ts'
import { isBad, rowsOf, type BadRow, type Evaluate, type Row } from './rows.ts'

/** A record with the topic that it goes to, or why there is none. */
export type MadeRecord =
  { readonly record: OutgoingRecord; readonly topic: string } | { readonly problem: Problem }

/** Makes the record number `index` of a run, of a row if there are rows. */
export type MakeRecord = (index: number, row?: Row) => MadeRecord

/** Ends what it has opened when it is returned from. */
type Pieces = AsyncGenerator<readonly Making[]> | Generator<readonly Making[], undefined>

/** Makes a record when it is time to send it: what it holds may be the time. */
type Making = () => MadeRecord

/** Records in order, made when they are asked for: in pieces that are held at once. */
export interface RecordSource {
  /** The same records as values that are sent as they stand; absent where more is done to them. */
  readonly packed?: PackedRecords
  /**
   * There are few, all at hand: they are made before the first is sent, and if one cannot be made
   * none is sent.
   */
  readonly whole: boolean
  pieces(signal: AbortSignal): Pieces
}

/** Records that differ in nothing but their values. */
export interface PackedRecords {
  readonly topic: string
  readonly common: Omit<OutgoingRecord, 'value'>
  /** A piece is good until the third piece after it is asked for. */
  pieces(signal: AbortSignal): AsyncGenerator<PackedPiece>
}

export interface PackedPiece {
  readonly values: PackedValues
  /** Rows that are none, and why the rest of the file cannot be read. */
  readonly problems: readonly Problem[]
}

export interface SourceOptions {
  /** How many times the block is to run. Of a block that goes on until it is stopped: no matter. */
  readonly times?: number
  /** Opens a file that the `.kafka` file names. Rejects or throws `ProblemError`. */
  stream(path: string, signal: AbortSignal): AsyncIterable<Uint8Array>
  readonly evaluateRow: Evaluate
}

const PIECE = 1_000
/** More than that are sent piece by piece. */
const WHOLE_MOST = 100_000

/** The records of a plan: of its rows, or made by its templates. */
export function recordSource(
  plan: ProducerPlan,
  make: MakeRecord,
  options: SourceOptions,
): RecordSource {
  const { times = 1 } = options
  const { records, every, rate, stopAfter } = plan
  if (records) {
    const packed = packedRecords(plan, make, options)
    return {
      ...(packed && { packed }),
      whole: records.from === undefined,
      pieces: signal => rowRecords(plan, make, options, signal),
    }
  }
  const isTimed = every !== undefined || rate !== undefined || stopAfter !== undefined
  const count = plan.count === undefined ? (isTimed ? Infinity : times) : plan.count * times
  return { whole: count <= WHOLE_MOST, pieces: () => counted(make, count, PIECE) }
}

function* counted(
  make: MakeRecord,
  count: number,
  piece: number,
): Generator<readonly Making[], undefined> {
  for (let from = 0; from < count; from += piece) {
    const size = Math.min(piece, count - from)
    yield Array.from({ length: size }, (_, i) => () => make(from + i))
  }
  return undefined
}

async function* rowRecords(
  plan: ProducerPlan,
  make: MakeRecord,
  options: SourceOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly Making[]> {
  const { records, count = Infinity, value } = plan
  if (!records) return
  const name = nameOf(records.from)
  let index = 0
  for (let time = options.times ?? 1; time > 0; time--) {
    let left = count
    const rows =
      records.from === undefined
        ? rowsOf(records.shape, [bytesOf(value ?? '', 'utf8')], options.evaluateRow)
        : rowsOf(records.shape, options.stream(records.from, signal))
    for await (const piece of rowsOrProblem(rows, signal)) {
      if ('problem' in piece) {
        yield [() => piece]
        return
      }
      const some = piece.slice(0, left)
      left -= some.length
      const from = index
      index += some.length
      yield some.map((row, i) => () => recordOf(row, from + i, name, make))
      if (left <= 0) break
    }
  }
}

/**
 * Of a file of lines that are sent as they are, with one and the same key and headers: most files
 * that are large are of that kind.
 */
function packedRecords(
  plan: ProducerPlan,
  make: MakeRecord,
  options: SourceOptions,
): PackedRecords | undefined {
  const { records, valueFormat, valueSchema, keyFrom, timestamp, count } = plan
  const { shape, from } = records ?? {}
  if (from === undefined || (shape !== 'jsonl' && shape !== 'lines')) return undefined
  if ([valueSchema, keyFrom, timestamp, count].some(each => each !== undefined)) return undefined
  if (!isSentAsIs(shape, valueFormat) || hasTemplates(plan)) return undefined
  const made = make(0, { line: 1, value: { bytes: bytesOf('0', 'utf8') } })
  if ('problem' in made) return undefined
  const { topic, record } = made
  const { key, headers, partition } = record
  const common = { key, headers, ...(partition !== undefined && { partition }) }
  return { topic, common, pieces: signal => packedPieces({ shape, from }, options, signal) }
}

function isSentAsIs(shape: 'jsonl' | 'lines', format: ProducerPlan['valueFormat']): boolean {
  return isTextAsItIs(format) || (format?.name === 'json' && shape === 'jsonl')
}

function hasTemplates({ topic, key, partition, headers }: ProducerPlan): boolean {
  const texts = [topic, key, partition, ...headers.map(([, text]) => text)]
  return texts.some(text => text?.includes('{{'))
}

async function* packedPieces(
  { shape, from }: { readonly shape: 'jsonl' | 'lines'; readonly from: string },
  options: SourceOptions,
  signal: AbortSignal,
): AsyncGenerator<PackedPiece> {
  const name = nameOf(from)
  try {
    for (let time = options.times ?? 1; time > 0; time--) {
      for await (const { values, bad } of packedLines(shape, options.stream(from, signal))) {
        yield { values, problems: bad.map(row => badRow(row, placeOf(row, name))) }
        if (bad.some(({ last }) => last)) return
      }
    }
  } catch (error) {
    if (signal.aborted) return
    yield { values: NO_VALUES, problems: [problemOf(error)] }
  }
}

/** A file that cannot be read to its end is a problem like a row that is none. */
async function* rowsOrProblem(
  rows: AsyncIterable<readonly (Row | BadRow)[]>,
  signal: AbortSignal,
): AsyncGenerator<readonly (Row | BadRow)[] | { readonly problem: Problem }> {
  try {
    yield* rows
  } catch (error) {
    if (signal.aborted) return
    yield { problem: problemOf(error) }
  }
}

function recordOf(
  row: Row | BadRow,
  index: number,
  name: string | undefined,
  make: MakeRecord,
): MadeRecord {
  const place = placeOf(row, name)
  if (isBad(row)) return { problem: badRow(row, place) }
  const made = make(index, row)
  if (!('problem' in made)) return made
  return { problem: { ...made.problem, message: `${place}: ${made.problem.message}` } }
}

function nameOf(path: string | undefined): string | undefined {
  return path?.split(/[\\/]/).at(-1)
}

function placeOf({ line }: Row | BadRow, name: string | undefined): string {
  return name === undefined ? `line ${line} of the value` : `${name}:${line}`
}

function badRow({ problem }: BadRow, place: string): Problem {
  const end = /[.?]$/.test(problem) ? '' : '.'
  return { code: 'bad-row', message: `${place}: ${problem}${end}` }
}

/** Hands the records of a source out in the portions that are asked for. */
export class Supply {
  readonly #pieces: Pieces
  #rest: readonly Making[] = []
  #ended = false

  constructor(source: RecordSource, signal: AbortSignal) {
    this.#pieces = source.pieces(signal)
  }

  /** Whether there is another record; it is not made yet. */
  async hasMore(): Promise<boolean> {
    while (this.#rest.length === 0 && !this.#ended) {
      const next = await this.#pieces.next()
      if (next.done) this.#ended = true
      else this.#rest = next.value
    }
    return this.#rest.length > 0
  }

  /** Makes so many at most, fewer where fewer are at hand; none: there are no more. */
  async take(most: number): Promise<readonly MadeRecord[]> {
    if (!(await this.hasMore())) return []
    const taken = this.#rest.slice(0, most)
    this.#rest = this.#rest.slice(most)
    return taken.map(making => making())
  }

  /** Closes what the source has opened. */
  async close(): Promise<void> {
    this.#ended = true
    this.#rest = []
    await this.#pieces.return(undefined)
  }
}

/**
 * `npm run bench:language`: reading and checking a `.kafka` file of 10,000 lines beside JSON.parse
 * of as many bytes, completion in it, the start of `kafkafile check` beside that of Node alone, a
 * passing PRODUCER and EXPECT beside kcat's two calls, and a million lines of a file beside kcat's.
 * Medians of alternating runs of whole processes on a broker of its own; a table for people, and as
 * the last line one JSON object. `--quick` sends a tenth of the lines, fewer times.
 */
import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { check } from '../../src/language/check/check.ts'
import type { Knowledge } from '../../src/language/check/knowledge.ts'
import { parse } from '../../src/language/parse.ts'
import { complete } from '../../src/language/services/completion.ts'
import { newExpressionCheck } from '../../src/run/expressionCheck.ts'
import { bundleKafkafile } from './kafkafile.ts'
import { median } from './median.ts'
import { inPlace } from './place.ts'
import { recordsFrom, WAYS, type Sizes, type Speed, type Way } from './recordsFrom.ts'
import { requestsOf } from './requests.ts'
import { roundTrip, type RoundTrip } from './roundTrip.ts'

const LINES = 10_000
/** Ms of one frame. */
const FRAME = 16
const RUNS = 30
/** Before these the code is not compiled: an editor is past them after a few keystrokes. */
const WARM_UP = 15
const STARTS = 7

const quick = process.argv.includes('--quick')
const SIZES: Sizes = quick
  ? { records: 100_000, rounds: 3, rareRounds: 1 }
  : { records: 1_000_000, rounds: 7, rareRounds: 3 }

const text = requestsOf(LINES)
/** An array of records, as many bytes as the file. */
const record = '{"orderId":"o-17","status":"PRICED","items":[{"sku":"A-1","qty":2}],"total":19.98}'
const asManyBytes = `[${Array.from({ length: text.length / (record.length + 1) }, () => record).join()}]`

function inProcess(): Record<string, number[]> {
  const found: Record<string, number[]> = {}
  const knowledge: Knowledge = { checkExpression: newExpressionCheck() }
  for (let run = -WARM_UP; run < RUNS; run++) {
    const timed = <T>(name: string, work: () => T): T => {
      const start = performance.now()
      const result = work()
      if (run >= 0) (found[name] ??= []).push(performance.now() - start)
      return result
    }
    // As after a keystroke: the text is another one each time.
    const changed = `-- ${run}\n${text}`
    const start = performance.now()
    const { file } = timed('parse', () => parse(changed))
    const problems = timed('check', () => check(file, knowledge))
    if (run >= 0) (found['parseAndCheck'] ??= []).push(performance.now() - start)
    if (problems.length > 0) throw new Error(`${problems[0]?.message}`)
    timed('checkAnew', () => check(file, { checkExpression: newExpressionCheck() }))
    const middle = text.indexOf('{{orderId', text.length / 2) + '{{orderId'.length
    const offers = timed('completion', () => complete(file, middle))
    if (offers.length < 100) throw new Error('nothing was offered')
    timed('jsonParse', () => JSON.parse(asManyBytes) as unknown)
  }
  return found
}

async function starting(kafkafile: string, folder: string): Promise<Record<string, number[]>> {
  const small = join(folder, 'small.kafka')
  const large = join(folder, 'large.kafka')
  await writeFile(small, requestsOf(50))
  await writeFile(large, text)
  const found: Record<string, number[]> = {}
  for (let run = 0; run < STARTS; run++) {
    const timed = (name: string, ...args: string[]) => {
      const start = performance.now()
      const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' })
      ;(found[name] ??= []).push(performance.now() - start)
      if (status !== 0) throw new Error(`${name} ended with ${status}`)
    }
    timed('node', '-e', '0')
    timed('startCheck', kafkafile, 'check', small)
    timed('startCheckLarge', kafkafile, 'check', large)
  }
  return found
}

type Medians = Readonly<Record<string, number>>

function printFile(ms: Medians): void {
  const bytes = new TextEncoder().encode(text).length
  const rows: readonly (readonly [what: string, name: string])[] = [
    ['parse', 'parse'],
    ['check', 'check'],
    ['parse and check', 'parseAndCheck'],
    ['check, each condition compiled anew', 'checkAnew'],
    ['completion', 'completion'],
    ['JSON.parse of as many bytes', 'jsonParse'],
    ['node alone, start to exit', 'node'],
    ['kafkafile check of 50 lines, start to exit', 'startCheck'],
    ['kafkafile check of the file, start to exit', 'startCheckLarge'],
  ]
  console.log(
    `\nA file of ${LINES.toLocaleString('en')} lines, ${Math.round(bytes / 1024)} KiB; ms:\n`,
  )
  for (const [what, name] of rows) {
    console.log(what.padEnd(44) + (ms[name] ?? Number.NaN).toFixed(2).padStart(9))
  }
}

const WHAT: Readonly<Record<Way, string>> = {
  lines: 'records-from: file(lines.jsonl)',
  keyed: 'the same with key-from: value.id',
  csv: 'the same as CSV, key: {{id}}',
  kcat: 'kcat -P -l lines.jsonl',
}

function printBroker(trip: RoundTrip, speeds: Readonly<Record<Way, Speed>>): void {
  console.log('\nA record sent and found again, start to exit; ms:\n')
  for (const [what, found] of [
    ['kafkafile run, a PRODUCER and an EXPECT', trip.kafkafile],
    ['of that, the EXPECT', trip.expect],
    ['kcat -P, then kcat -C -c 1', trip.kcat],
  ] as const)
    console.log(what.padEnd(44) + found.toFixed(1).padStart(9))
  console.log(`\n${SIZES.records.toLocaleString('en')} lines of a file, start to exit:\n`)
  console.log(`${' '.repeat(44)}       ms  records/s  peak MB`)
  for (const way of WAYS) {
    const { ms, recordsPerSecond, peakRssMb } = speeds[way]
    console.log(
      WHAT[way].padEnd(44) +
        ms.toFixed(0).padStart(9) +
        recordsPerSecond.toFixed(0).padStart(11) +
        (peakRssMb?.toFixed(0) ?? '–').padStart(9),
    )
  }
  console.log()
}

const rounded = (value: number) => Number(value.toFixed(2))

/** Ratios say how many times as fast as kcat. */
function summary(
  ms: Medians,
  parseAndCheck: readonly number[],
  trip: RoundTrip,
  speeds: Readonly<Record<Way, Speed>>,
): object {
  const each = (of: (speed: Speed) => number | undefined) =>
    Object.fromEntries(
      WAYS.flatMap(way => {
        const value = of(speeds[way])
        return value === undefined ? [] : [[way, rounded(value)]]
      }),
    )
  return {
    lines: LINES,
    bytes: new TextEncoder().encode(text).length,
    ms: Object.fromEntries(Object.entries(ms).map(([name, value]) => [name, rounded(value)])),
    parse_and_check_fastest: rounded(Math.min(...parseAndCheck)),
    parse_and_check_under_a_frame: (ms['parseAndCheck'] ?? FRAME) < FRAME,
    round_trip: {
      kafkafile_ms: rounded(trip.kafkafile),
      expect_ms: rounded(trip.expect),
      kcat_ms: rounded(trip.kcat),
      vs_kcat: rounded(trip.kcat / trip.kafkafile),
    },
    round_trip_not_slower_than_kcat: trip.kafkafile <= trip.kcat,
    records_from: {
      records: SIZES.records,
      per_second: each(({ recordsPerSecond }) => Math.round(recordsPerSecond)),
      peak_rss_mb: each(({ peakRssMb }) => peakRssMb),
      vs_kcat: rounded(speeds.kcat.ms / speeds.lines.ms),
    },
    records_from_not_slower_than_kcat: speeds.lines.ms <= speeds.kcat.ms,
  }
}

await inPlace('language', async place => {
  const times = inProcess()
  const kafkafile = await bundleKafkafile(place.folder)
  const starts = await starting(kafkafile, place.folder)
  const trip = await roundTrip(kafkafile, place)
  const speeds = await recordsFrom(kafkafile, place, SIZES)
  const ms = Object.fromEntries(
    Object.entries({ ...times, ...starts }).map(([name, all]) => [name, median(all)]),
  )
  printFile(ms)
  printBroker(trip, speeds)
  console.log(JSON.stringify(summary(ms, times['parseAndCheck'] ?? [], trip, speeds)))
})
process.exit()

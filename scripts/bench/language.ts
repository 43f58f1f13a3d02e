/**
 * `npm run bench:language`: reading and checking a `.kafka` file of 10,000 lines beside JSON.parse
 * of as many bytes, completion in it, and the start of `kafkafile check` beside that of Node alone.
 * Medians of alternating runs; a table for people, and as the last line one JSON object.
 */
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { check } from '../../src/language/check/check.ts'
import type { Knowledge } from '../../src/language/check/knowledge.ts'
import { parse } from '../../src/language/parse.ts'
import { complete } from '../../src/language/services/completion.ts'
import { newExpressionCheck } from '../../src/run/expressionCheck.ts'
import { hostOptions } from '../build.ts'
import { root } from '../stages.ts'
import { requestsOf } from './requests.ts'

const LINES = 10_000
/** Ms of one frame. */
const FRAME = 16
const RUNS = 30
/** Before these the code is not compiled: an editor is past them after a few keystrokes. */
const WARM_UP = 15
const STARTS = 7

const text = requestsOf(LINES)
/** An array of records, as many bytes as the file. */
const record = '{"orderId":"o-17","status":"PRICED","items":[{"sku":"A-1","qty":2}],"total":19.98}'
const asManyBytes = `[${Array.from({ length: text.length / (record.length + 1) }, () => record).join()}]`

const times = inProcess()
const starts = await starting()
const ms = Object.fromEntries(
  Object.entries({ ...times, ...starts }).map(([name, all]) => [name, median(all)]),
)
print()

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

async function starting(): Promise<Record<string, number[]>> {
  const cache = join(root, '.cache', 'bench')
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'language-'))
  try {
    await build({
      ...hostOptions({ kafkafile: 'src/cli/kafkafile.ts' }, folder),
      absWorkingDir: root,
    })
    await writeFile(join(folder, 'package.json'), '{"type":"module"}')
    const small = join(folder, 'small.kafka')
    const large = join(folder, 'large.kafka')
    await writeFile(small, requestsOf(50))
    await writeFile(large, text)
    const kafkafile = join(folder, 'kafkafile.js')
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
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function median(all: readonly number[]): number {
  const sorted = [...all].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

function print(): void {
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
  const fastest = Math.min(...(times['parseAndCheck'] ?? []))
  const rounded = Object.fromEntries(
    Object.entries(ms).map(([name, value]) => [name, Number(value.toFixed(2))]),
  )
  console.log()
  console.log(
    JSON.stringify({
      lines: LINES,
      bytes,
      ms: rounded,
      parse_and_check_fastest: Number(fastest.toFixed(2)),
      parse_and_check_under_a_frame: (ms['parseAndCheck'] ?? FRAME) < FRAME,
    }),
  )
}

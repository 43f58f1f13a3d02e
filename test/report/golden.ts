import { readFileSync } from 'node:fs'
import { parse } from '../../src/language/parse.ts'
import { reportOf } from '../../src/language/report.ts'
import { newCollector } from '../../src/report/collect.ts'
import type { FileOutcome, RunOutcome } from '../../src/report/outcome.ts'
import { textReport, type TextOptions } from '../../src/report/text.ts'
import type { RunEvent } from '../../src/run/events.ts'

export const GOLDEN = new URL('golden/', import.meta.url)

/** A file's run as data: what its events say, and how it ended. */
interface WrittenRun extends Pick<
  FileOutcome,
  'startedAt' | 'milliseconds' | 'refusal' | 'endedEarly'
> {
  readonly events: readonly RunEvent[]
}

/** The outcome that the events in `NAME.run.json` make of `NAME.kafka`. `"12n"` is a bigint. */
export function goldenRun(...names: readonly string[]): RunOutcome {
  const files = names.map(fileOf)
  return {
    startedAt: files[0]?.startedAt ?? 0,
    milliseconds: files.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
    files,
  }
}

function fileOf(name: string): FileOutcome {
  const text = read(`${name}.kafka`)
  const written = JSON.parse(read(`${name}.run.json`), (_, value: unknown) =>
    typeof value === 'string' && /^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
  ) as WrittenRun
  const { startedAt, milliseconds, refusal, endedEarly } = written
  const collector = newCollector({
    name: `${name}.kafka`,
    file: parse(text).file,
    problems: reportOf(`${name}.kafka`, text).problems,
    startedAt,
    redact: each => each,
  })
  for (const event of written.events) collector.take(event)
  return {
    ...collector.outcome(),
    milliseconds,
    ...(refusal && { refusal }),
    ...(endedEarly && { endedEarly }),
  }
}

export function read(name: string): string {
  return readFileSync(new URL(name, GOLDEN), 'utf8').replaceAll('\r\n', '\n')
}

/** All that a terminal shows of a run. */
export function textOf(run: RunOutcome, options: TextOptions): string {
  const report = textReport(options)
  const files = run.files.map(file => [
    report.head(file.file),
    ...file.blocks.map(block => report.block(file.file, block)),
    report.tail(file),
  ])
  return [...files.flat(), report.totals(run)].join('')
}

import { mkdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { jsonReport } from '../report/json.ts'
import { junitReport } from '../report/junit.ts'
import type { RunOutcome } from '../report/outcome.ts'
import { tapReport } from '../report/tap.ts'
import { whyNot } from './fileErrors.ts'
import type { WantedReport } from './runOptions.ts'

const WAYS: Readonly<
  Record<WantedReport['kind'], (outcome: RunOutcome, exitCode: number) => string>
> = { junit: junitReport, json: jsonReport, tap: tapReport }

/** Writes each report whole or not at all; what could not be written, a sentence each. */
export async function writeReports(
  wanted: readonly WantedReport[],
  outcome: RunOutcome,
  exitCode: number,
  folder: string,
): Promise<readonly string[]> {
  const problems: string[] = []
  for (const { kind, file } of wanted) {
    try {
      await writeWhole(path.resolve(folder, file), WAYS[kind](outcome, exitCode))
    } catch (error) {
      problems.push(`--report ${kind}: ${file} cannot be written: ${whyNot(error)}.`)
    }
  }
  return problems
}

async function writeWhole(name: string, text: string): Promise<void> {
  await mkdir(path.dirname(name), { recursive: true })
  const there = await stat(name).catch(() => undefined)
  // Into a pipe, or /dev/stdout wherever it leads: a file in its place would take it away.
  if (there && (!there.isFile() || name.startsWith('/dev/'))) {
    await writeFile(name, text, { flag: 'a' })
    return
  }
  const file = there ? await realpath(name) : name
  const beside = `${file}.${process.pid}.tmp`
  try {
    await writeFile(beside, text)
    await rename(beside, file)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}

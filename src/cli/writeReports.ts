import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { jsonReport } from '../report/json.ts'
import { junitReport } from '../report/junit.ts'
import type { RunOutcome } from '../report/outcome.ts'
import { tapReport } from '../report/tap.ts'
import type { WantedReport } from './runOptions.ts'

const WAYS = { junit: junitReport, json: jsonReport, tap: tapReport } as const

/** Writes each report whole or not at all; what could not be written, a sentence each. */
export async function writeReports(
  wanted: readonly WantedReport[],
  outcome: RunOutcome,
  folder: string,
): Promise<readonly string[]> {
  const problems: string[] = []
  for (const { kind, file } of wanted) {
    try {
      await writeWhole(path.resolve(folder, file), WAYS[kind](outcome))
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      problems.push(`--report ${kind}: ${file} cannot be written: ${why}.`)
    }
  }
  return problems
}

async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true })
  const beside = `${file}.${process.pid}.tmp`
  try {
    await writeFile(beside, text)
    await rename(beside, file)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}

/**
 * Runs all editor suites: those of an ordinary workspace together, those of one with two folders,
 * and those of an untrusted one in an editor with workspace trust on. They get a copy of the examples
 * as their workspace, and the address of a Kafka with sample data. Leaves the counts where the test
 * run looks for them.
 */
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureEditor } from './editor.ts'
import { copyExamples } from './examples.ts'
import { ROOT } from './places.ts'
import { startSampleKafka, type SampleKafka } from './sampleKafka.ts'
import { runSuite, type SuiteResult, type SuiteRun } from './suite.ts'

const UNTRUSTED = 'test/vscode/**/untrusted*.test.ts'
const FOLDERS = 'test/vscode/**/folders*.test.ts'

const RUNS: readonly (SuiteRun & { readonly name: string; readonly second?: string })[] = [
  {
    name: 'trusted',
    suites: ['test/vscode/**/*.test.ts'],
    except: [UNTRUSTED, FOLDERS],
    deadlineMs: 8 * 60_000,
  },
  { name: 'folders', suites: [FOLDERS], second: 'second', deadlineMs: 2 * 60_000 },
  { name: 'untrusted', suites: [UNTRUSTED], trust: true, deadlineMs: 2 * 60_000 },
]

const log = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

if (!existsSync(join(ROOT, 'dist/extension.js')))
  throw new Error('The extension is not built. Run npm run build first.')

const only = process.argv.slice(2)
const editor = await ensureEditor({ log })
const kafka = await startKafka()
const results: SuiteResult[] = []
try {
  for (const run of RUNS) {
    if (only.length > 0 && !only.includes(run.name)) continue
    const workspace = await workspaceOf(run)
    const result = await runSuite({ ...run, ...surroundings(kafka), workspace, editor, log })
    if (result.crashed !== undefined) log(result.crashed)
    results.push(result)
  }
} finally {
  await kafka?.stop()
}

/** The examples, and where a suite wants a workspace of two folders an empty one beside them. */
async function workspaceOf({ name, second }: (typeof RUNS)[number]): Promise<string> {
  const examples = await copyExamples(name)
  if (second === undefined) return examples
  const beside = join(examples, '..', second)
  await mkdir(beside, { recursive: true })
  const file = join(examples, '..', `${name}.code-workspace`)
  await writeFile(file, JSON.stringify({ folders: [{ path: examples }, { path: beside }] }))
  return file
}

/** A Kafka with sample data where there can be one; suites that need it skip where there is none. */
async function startKafka(): Promise<SampleKafka | undefined> {
  try {
    return await startSampleKafka()
  } catch (error) {
    log(`No Kafka for the suites that want one: ${String(error)}`)
    return undefined
  }
}

function surroundings(kafka: SampleKafka | undefined): Pick<SuiteRun, 'env'> {
  if (kafka === undefined) return {}
  return { env: { KAFKA_WORKBENCH_TEST_BROKER: kafka.bootstrapServers } }
}

const sum = (pick: (result: SuiteResult) => number): number =>
  results.reduce((total, result) => total + pick(result), 0)
const counts = {
  passed: sum(result => result.passed),
  failed: sum(result => result.failed),
  skipped: sum(result => result.skipped),
}
const file = process.env['KAFKA_WORKBENCH_TEST_COUNTS']
if (file !== undefined) await writeFile(file, JSON.stringify(counts))
log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
process.exitCode = counts.failed === 0 ? 0 : 1

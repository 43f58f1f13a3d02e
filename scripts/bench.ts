/**
 * `npm run bench`: how long the extension takes to activate, beside an extension that does nothing
 * in the same editor. Medians of alternating runs; the last line is one JSON object.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildAll } from './build.ts'
import { runSuite } from './editor/suite.ts'
import { median } from './bench/median.ts'
import { root } from './stages.ts'

const RUNS = 5

const folder = await mkdtemp(join(tmpdir(), 'kafka-workbench-bench-'))
try {
  await buildAll()
  const nothing = await emptyExtension()
  const ours: number[] = []
  const empty: number[] = []
  for (let run = 1; run <= RUNS; run++) {
    console.log(`Run ${run} of ${RUNS}…`)
    ours.push(await activation('kafka-workbench.kafka-workbench', root))
    empty.push(await activation('kafka-workbench.nothing', nothing))
  }
  const activationMs = median(ours)
  const emptyMs = median(empty)
  console.log(`\nKafka Workbench   ${activationMs.toFixed(1)} ms`)
  console.log(`empty extension   ${emptyMs.toFixed(1)} ms`)
  console.log(
    JSON.stringify({
      activation_ms: Number(activationMs.toFixed(1)),
      activation_vs_empty: Number((activationMs / emptyMs).toFixed(2)),
    }),
  )
} finally {
  await rm(folder, { recursive: true, force: true })
}

/** An extension of the same kind (ES module) that registers nothing. */
async function emptyExtension(): Promise<string> {
  const path = join(folder, 'nothing')
  await mkdir(path)
  const manifest = {
    name: 'nothing',
    publisher: 'kafka-workbench',
    version: '0.0.1',
    type: 'module',
    main: './extension.js',
    engines: { vscode: '^1.101.0' },
    activationEvents: ['onCommand:nothing'],
  }
  await writeFile(join(path, 'package.json'), JSON.stringify(manifest))
  await writeFile(join(path, 'extension.js'), "import 'vscode'; export function activate() {}")
  return path
}

async function activation(id: string, extensionPath: string): Promise<number> {
  const file = join(folder, 'result.json')
  const result = await runSuite({
    name: 'bench-activation',
    suites: ['test/bench/activation.ts'],
    extensionPath,
    env: { KAFKA_WORKBENCH_BENCH_ID: id, KAFKA_WORKBENCH_BENCH_FILE: file },
  })
  if (result.failed > 0) throw new Error(result.crashed ?? result.failures[0]?.message)
  const { milliseconds, before } = JSON.parse(await readFile(file, 'utf8')) as {
    milliseconds: number
    before: boolean
  }
  if (before) throw new Error(`${id} was active before it was measured.`)
  return milliseconds
}

/** Runs mocha inside the extension host. Bundled together with the suites. */
import { appendFileSync, writeFileSync } from 'node:fs'
import { format } from 'node:util'
import Mocha from 'mocha'

const TEST_MS = 20_000

/** Loads the suites, runs them, writes counts and failures as data. Rejects if a test failed. */
export async function runSuites(suites: readonly (() => unknown)[]): Promise<void> {
  printToFile(process.env['KAFKA_WORKBENCH_SUITE_OUTPUT'])
  const mocha = new Mocha({ ui: 'bdd', reporter: 'spec', color: true, timeout: TEST_MS })
  mocha.suite.emit('pre-require', globalThis, '', mocha)
  for (const load of suites) load()
  const failures: { title: string; message: string }[] = []
  const stats = await new Promise<Mocha.Stats | undefined>(done => {
    const runner = mocha.run(() => {
      done(runner.stats)
    })
    runner.on('fail', (test, error: unknown) => {
      failures.push({ title: test.fullTitle(), message: textOf(error) })
    })
  })
  const result = {
    passed: stats?.passes ?? 0,
    failed: stats?.failures ?? 0,
    skipped: stats?.pending ?? 0,
    failures,
  }
  const file = process.env['KAFKA_WORKBENCH_SUITE_RESULT']
  if (file !== undefined) writeFileSync(file, JSON.stringify(result))
  if (result.failed > 0) throw new Error(`${result.failed} failed`)
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** The editor mixes its own words into the console; ours go to a file of their own. */
function printToFile(file: string | undefined): void {
  if (file === undefined) return
  Mocha.reporters.Base.consoleLog = (...parts: unknown[]) => {
    appendFileSync(file, `${format(...parts)}\n`)
  }
}

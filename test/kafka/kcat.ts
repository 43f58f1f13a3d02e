import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Skips a test where librdkafka's command-line client is not installed; CI must have it. */
export function needsKcat(test: Mocha.Context): void {
  if (!spawnSync('kcat', ['-V']).error) return
  assert.ok(!process.env['CI'], 'kcat is not installed')
  test.skip()
}

/** Runs kcat, an independent client, with this input; what it prints, line by line. */
export async function kcat(args: readonly string[], input = ''): Promise<readonly string[]> {
  const running = execute('kcat', args, { timeout: 20_000, maxBuffer: 1 << 26 })
  // One that ends with an error reads nothing; the error is told by its exit code.
  running.child.stdin?.on('error', () => undefined).end(input)
  const { stdout } = await running
  return stdout.split('\n').filter(line => line !== '')
}

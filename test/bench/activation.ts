import { writeFileSync } from 'node:fs'
import * as vscode from 'vscode'

/**
 * Measures, in a real extension host, how long activating the built extension takes. Not a test:
 * `npm run bench` runs it and prints the number beside that of an extension that does nothing.
 */
describe('activation time', () => {
  it('is measured', async () => {
    const id = process.env['KAFKA_WORKBENCH_BENCH_ID'] ?? ''
    const extension = vscode.extensions.getExtension(id)
    if (!extension) throw new Error(`${id} is not installed`)
    const before = extension.isActive
    const started = performance.now()
    await extension.activate()
    const milliseconds = performance.now() - started
    writeFileSync(
      process.env['KAFKA_WORKBENCH_BENCH_FILE'] ?? '',
      JSON.stringify({ milliseconds, before }),
    )
  })
})

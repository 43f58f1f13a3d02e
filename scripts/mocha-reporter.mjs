/**
 * mocha's own `spec` reporter that also leaves the counts in the file named by
 * `KAFKA_WORKBENCH_TEST_COUNTS`, so that one run of all suites can be summed up.
 */
import { writeFileSync } from 'node:fs'
import mocha from 'mocha'

export default class CountingReporter extends mocha.reporters.Spec {
  /**
   * @param {import('mocha').Runner} runner
   * @param {import('mocha').MochaOptions} options
   */
  constructor(runner, options) {
    super(runner, options)
    runner.once('end', () => {
      const file = process.env['KAFKA_WORKBENCH_TEST_COUNTS']
      if (!file) return
      const { passes, failures, pending } = this.stats
      writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending }))
    })
  }
}

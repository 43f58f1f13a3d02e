/**
 * Sets up and runs everything, or the stages named as arguments (`npm test -- unit broker`).
 * The last line is `N passed, N failed`.
 */
import { problemOf } from '../src/base/problem.ts'
import { runStage, STAGES, type Counts } from './stages.ts'
import { setUp } from './setup.ts'

const names = process.argv.slice(2)
const unknown = names.filter(name => !STAGES.some(stage => stage.name === name))
if (unknown.length > 0) {
  console.error(
    `No stage named ${unknown.join(', ')}. There are: ${STAGES.map(s => s.name).join(', ')}.`,
  )
  console.log('0 passed, 1 failed')
  process.exit(1)
}

const chosen = STAGES.filter(stage => names.length === 0 || names.includes(stage.name))
try {
  await setUp(chosen.map(stage => stage.name))
} catch (error) {
  const { message, advice } = problemOf(error)
  console.error(`The tests could not be set up. ${advice ? `${message} ${advice}` : message}`)
  console.log('0 passed, 1 failed')
  process.exit(1)
}

const results: { name: string; counts: Counts; seconds: number }[] = []
for (const stage of chosen) {
  console.log(`\n── ${stage.name} ──`)
  const started = performance.now()
  const counts = await runStage(stage)
  results.push({ name: stage.name, counts, seconds: (performance.now() - started) / 1000 })
}

console.log()
for (const { name, counts, seconds } of results)
  console.log(
    `${name.padEnd(8)} ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped  (${seconds.toFixed(1)} s)`,
  )

const sum = (pick: (counts: Counts) => number) =>
  results.reduce((total, { counts }) => total + pick(counts), 0)
const failed = sum(counts => counts.failed)
console.log(`${sum(counts => counts.passed)} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

import { ProblemError } from '../base/problem.ts'
import {
  exitCodeOf,
  isWrong,
  totalsOf,
  type FileOutcome,
  type RunOutcome,
} from '../report/outcome.ts'
import { textReport, type TextReport } from '../report/text.ts'
import { systemClock } from './clock.ts'
import { failing } from './failing.ts'
import { findFiles } from './files.ts'
import type { Engine, RunSetting } from './preparedFile.ts'
import { BAIL, notRun, runFile, shownName } from './runFile.ts'
import { NO_PROGRESS, runProgress, type RunProgress } from './runProgress.ts'
import { RUN_HELP, runOptions, type RunOptions } from './runOptions.ts'
import { secretsIn } from './runSurroundings.ts'
import { EXIT, interruptedExit, type Surroundings } from './terminal.ts'
import { newVoices, type Voice } from './voices.ts'
import { writeReports } from './writeReports.ts'

/**
 * `kafkafile run` (kafka-file specification, section 7): runs files without a person in front of
 * them. Reports are written also when it is ended before its time.
 */
export async function run(args: readonly string[], around: Surroundings): Promise<number> {
  const interrupt = around.interruptible()
  try {
    const options = runOptions(args)
    if (!options) {
      await around.print(RUN_HELP)
      return EXIT.passed
    }
    const secrets = await secretsIn(options.secretsFile, around.folder)
    const { files, missing } = await findFiles(
      options.files.length > 0 ? options.files : ['.'],
      around.folder,
    )
    for (const message of missing) around.complain(`kafkafile: ${message}\n`)
    const ending = endingOf(options, interrupt)
    try {
      const setting = { options, around, secrets, signal: ending.signal }
      const outcome = await runAll(files, setting, ending)
      // What the reports say and what the process exits with is one.
      const exit = interrupt.aborted
        ? interruptedExit(interrupt)
        : Math.max(exitCodeOf(outcome), missing.length > 0 ? EXIT.badOptions : EXIT.passed)
      const problems = await writeReports(options.reports, outcome, exit, around.folder)
      for (const problem of problems) around.complain(`kafkafile: ${problem}\n`)
      // An argument that names nothing says why.
      if (missing.length === 0 && ranNothing(outcome)) around.complain('kafkafile: No block ran.\n')
      return Math.max(exit, problems.length > 0 ? EXIT.runtime : EXIT.passed)
    } finally {
      ending.dispose()
    }
  } catch (error) {
    return failing('run', error, interrupt, around)
  }
}

/** What ends a run before its time. */
interface Ending {
  /** Its reason is a `ProblemError`. */
  readonly signal: AbortSignal
  bail(): void
  dispose(): void
}

function endingOf({ timeout }: RunOptions, interrupt: AbortSignal): Ending {
  const ending = new AbortController()
  const end = (code: string, message: string) => ending.abort(new ProblemError({ code, message }))
  const interrupted = () => end('interrupted', 'The run was interrupted.')
  if (interrupt.aborted) interrupted()
  else interrupt.addEventListener('abort', interrupted, { once: true })
  const over = new AbortController()
  if (timeout !== undefined) {
    void systemClock.sleep(timeout, over.signal).then(
      () => end('timeout', 'The time that --timeout allows is over.'),
      () => undefined,
    )
  }
  return {
    signal: ending.signal,
    bail: () => end(BAIL, 'A block went wrong, and --bail ends the run.'),
    dispose() {
      interrupt.removeEventListener('abort', interrupted)
      over.abort(new Error('The run has ended.'))
    },
  }
}

async function runAll(
  files: readonly string[],
  setting: Omit<RunSetting, 'engine'>,
  ending: Ending,
): Promise<RunOutcome> {
  const { options, around } = setting
  const startedAt = systemClock.now()
  const report = textReport({ colours: hasColours(options, around), detail: options.detail })
  // With --quiet the output is left to what CONSUMERs print.
  const progress = progressOf(options, around)
  const print = async (text: string) => {
    progress.clear()
    if (options.detail === 'quiet') around.complain(text)
    else await around.print(text)
  }
  const newVoice = newVoices(print, bytes => {
    progress.clear()
    return around.write(bytes)
  })
  const ticking = setInterval(() => progress.tick(), TICK_MS)
  let loading: Promise<Engine> | undefined
  const whole: RunSetting = { ...setting, engine: () => (loading ??= loadEngine()) }
  const outcomes: FileOutcome[] = []
  const places = files.entries()
  const work = async () => {
    for (const [place, name] of places) {
      const voice = newVoice()
      outcomes[place] = await tell(name, voice, { setting: whole, report, ending, progress })
      await voice.end()
    }
  }
  await Promise.all(Array.from({ length: options.jobs }, work)).finally(() =>
    clearInterval(ticking),
  )
  const outcome = {
    startedAt,
    milliseconds: systemClock.now() - startedAt,
    files: outcomes,
  }
  await print(report.totals(outcome))
  return outcome
}

/** How often what a run waits for is told, ms. */
const TICK_MS = 250

/** Only with --verbose, and never among what is printed. */
function progressOf({ detail }: RunOptions, around: Surroundings): RunProgress {
  if (detail !== 'verbose') return NO_PROGRESS
  const { errorsOnTerminal, outputWidth = 80 } = around
  return runProgress({
    write: text => around.complain(text),
    now: () => systemClock.now(),
    ...(errorsOnTerminal && { width: outputWidth }),
  })
}

/** Expressions that stand in several files are compiled once. */
async function loadEngine(): Promise<Engine> {
  const { runBlocks, newSession, newExpressionCheck } = await import('./engine.ts')
  return { runBlocks, newSession, checkExpression: newExpressionCheck() }
}

interface Telling {
  readonly setting: RunSetting
  readonly report: TextReport
  readonly ending: Ending
  readonly progress: RunProgress
}

async function tell(name: string, voice: Voice, telling: Telling): Promise<FileOutcome> {
  const { setting, report, ending, progress } = telling
  const { signal } = setting
  if (signal.aborted) return notRun(name, signal)
  const shown = shownName(name)
  voice.say(report.head(shown))
  const outcome = await runFile(name, setting, {
    block(block) {
      voice.say(report.block(shown, block))
      if (setting.options.bail && isWrong(block)) ending.bail()
    },
    event: (event, of) => progress.take(event, of),
    output: bytes => voice.put(bytes),
  })
  voice.say(report.tail(outcome))
  if (setting.options.bail && exitCodeOf({ files: [outcome] }) !== EXIT.passed) ending.bail()
  return outcome
}

/** A mistake in --tags or --only looks like a success. */
function ranNothing(outcome: RunOutcome): boolean {
  const blocks = outcome.files.flatMap(file => file.blocks)
  return exitCodeOf(outcome) === EXIT.passed && totalsOf(blocks).passed === 0
}

/** See no-color.org. */
function hasColours({ detail }: RunOptions, { environment, outputWidth }: Surroundings): boolean {
  const { NO_COLOR = '', TERM } = environment
  return detail !== 'quiet' && outputWidth !== undefined && NO_COLOR === '' && TERM !== 'dumb'
}

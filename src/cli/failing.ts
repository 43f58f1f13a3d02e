import { problemOf, type Problem } from '../base/problem.ts'
import { BadOptions } from './badOptions.ts'
import { EXIT, interruptedExit, type Terminal } from './terminal.ts'

/** Says why a command ended before its time; the exit code. */
export function failing(
  command: string,
  error: unknown,
  signal: AbortSignal,
  terminal: Terminal,
): number {
  if (signal.aborted) return interruptedExit(signal)
  if (error instanceof BadOptions) {
    terminal.complain(`kafkafile: ${error.message}\nSee kafkafile ${command} --help.\n`)
    return EXIT.badOptions
  }
  terminal.complain(`kafkafile: ${sentenceOf(problemOf(error))}\n`)
  return EXIT.runtime
}

/** What is wrong and what to do about it. */
export function sentenceOf({ message, advice }: Problem): string {
  return advice === undefined ? message : `${message} ${advice}`
}

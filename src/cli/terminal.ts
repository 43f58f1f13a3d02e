/** What a command needs of its process. */
export interface Terminal {
  readonly folder: string
  readonly input: AsyncIterable<Uint8Array>
  /** Resolves when the text is handed on. */
  print(text: string): Promise<void>
  /** Resolves when the output takes more: a slow reader holds the command back. */
  write(bytes: Uint8Array): Promise<void>
  complain(text: string): void
}

/** What a command needs that talks to a cluster. */
export interface Surroundings extends Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Characters in a line of the output; absent: it is no terminal. */
  readonly outputWidth?: number
  readonly errorsOnTerminal: boolean
  /** From here on Ctrl-C, or SIGTERM, aborts this signal and does not end the process. */
  interruptible(): AbortSignal
  /** The entry of the thread that reads records. */
  readonly readerWorker: URL
}

/**
 * `interrupted` and `terminated`: ended by Ctrl-C (SIGINT), by SIGTERM, as shells count it: 128 and
 * the number of the signal.
 */
export const EXIT = {
  passed: 0,
  badOptions: 1,
  invalid: 2,
  runtime: 3,
  interrupted: 130,
  terminated: 143,
} as const

/** The reason of `interruptible` when it aborts: what the process exits with. */
export class Interrupted extends Error {
  readonly exit: number

  constructor(exit: number) {
    super('Interrupted.')
    this.exit = exit
  }
}

/** The exit code of a command that such a signal ended. */
export function interruptedExit({ reason }: AbortSignal): number {
  return reason instanceof Interrupted ? reason.exit : EXIT.interrupted
}

import { main } from '../../src/cli/main.ts'

export interface Outcome {
  readonly exit: number
  readonly out: string
  readonly errors: string
}

export interface Given {
  readonly folder?: string
  readonly input?: Iterable<Uint8Array> | AsyncIterable<Uint8Array>
  readonly environment?: Readonly<Record<string, string>>
  /** The thread that reads records; default: as it is in the source, which takes long to load. */
  readonly readerWorker?: URL
}

const SOURCE_WORKER = new URL('../../src/reading/worker.ts', import.meta.url)

/** Runs the command line in this process. Nothing is a terminal, and nobody presses Ctrl-C. */
export async function runMain(args: readonly string[], given: Given = {}): Promise<Outcome> {
  const { folder = process.cwd(), input = [], environment = {} } = given
  const { readerWorker = SOURCE_WORKER } = given
  const decoder = new TextDecoder()
  let out = ''
  let errors = ''
  const exit = await main(args, {
    folder,
    input: (async function* () {
      await Promise.resolve()
      yield* input
    })(),
    print: text => {
      out += text
      return Promise.resolve()
    },
    write: bytes => {
      out += decoder.decode(bytes, { stream: true })
      return Promise.resolve()
    },
    complain: text => {
      errors += text
    },
    environment,
    errorsOnTerminal: false,
    interruptible: () => new AbortController().signal,
    readerWorker,
  })
  return { exit, out, errors }
}

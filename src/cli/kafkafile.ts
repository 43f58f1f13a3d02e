#!/usr/bin/env node
import { once } from 'node:events'
import { enableCompileCache } from 'node:module'
import { EXIT, Interrupted } from './terminal.ts'

/**
 * What is loaded from here on is compiled once for all runs of a release, where the folder that the
 * system has for such takes it.
 */
enableCompileCache()

/** A reader that has seen enough (`kafkafile … | head`) is no failure. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

const interrupt = new AbortController()

function interruptible(): AbortSignal {
  const listen = (signal: NodeJS.Signals, exit: number) =>
    process.on(signal, () => {
      // Whoever asks twice does not want to wait.
      if (interrupt.signal.aborted) process.exit(exit)
      interrupt.abort(new Interrupted(exit))
    })
  listen('SIGINT', EXIT.interrupted)
  // What ends a job of a pipeline, a container, a service.
  listen('SIGTERM', EXIT.terminated)
  return interrupt.signal
}

async function write(chunk: string | Uint8Array): Promise<void> {
  if (chunk.length === 0 || process.stdout.write(chunk)) return
  // Nobody may ever read the rest, so that an interrupt ends this wait, too.
  await once(process.stdout, 'drain', { signal: interrupt.signal }).catch(() => undefined)
}

const standardInput = { isRead: false }

async function* input(): AsyncGenerator<Uint8Array> {
  standardInput.isRead = true
  try {
    for await (const chunk of process.stdin) yield chunk as Uint8Array
  } finally {
    standardInput.isRead = false
  }
}

const { main } = await import('./main.ts')

const exit = await main(process.argv.slice(2), {
  folder: process.cwd(),
  input: input(),
  print: write,
  write,
  complain(text) {
    process.stderr.write(text)
  },
  environment: process.env,
  ...(process.stdout.isTTY && { outputWidth: process.stdout.columns }),
  errorsOnTerminal: process.stderr.isTTY,
  interruptible,
  // Bundled, it stands beside this file.
  readerWorker: new URL(
    import.meta.url.endsWith('.ts') ? '../reading/worker.ts' : './reader.js',
    import.meta.url,
  ),
})

process.exitCode = exit

// What nobody reads any more would keep the process alive, as would an input that does not end.
if (interrupt.signal.aborted) process.exit(process.exitCode)
if (standardInput.isRead) process.stdout.write('', () => process.exit(process.exitCode))

import type { Surroundings } from './terminal.ts'

/** Where one file of several tells what happens. */
export interface Voice {
  /** Keeps it until it is this file's turn. */
  say(text: string): void
  /** Waits until it is this file's turn, and until more can be taken. */
  put(bytes: Uint8Array): Promise<void>
  /** All was told: the next one has its turn. */
  end(): Promise<void>
}

/**
 * Lets files that run at the same time tell one after the other: the first that has something to
 * tell at once, the others when it has ended. `say` goes where the report goes, `put` to the output.
 */
export function newVoices(
  report: (text: string) => Promise<void>,
  output: Surroundings['write'],
): () => Voice {
  let speaking: Voice | undefined
  const waiting: (() => void)[] = []
  const next = () => {
    speaking = undefined
    waiting.shift()?.()
  }
  return () => {
    let kept = ''
    let told = Promise.resolve()
    const flush = () => {
      const text = kept
      kept = ''
      if (text !== '') told = told.then(() => report(text))
      return told
    }
    const turn = async () => {
      while (speaking !== voice) {
        if (speaking === undefined) speaking = voice
        else await new Promise<void>(resolve => waiting.push(resolve))
      }
    }
    const voice: Voice = {
      say(text) {
        kept += text
        speaking ??= voice
        if (speaking === voice) void flush()
      },
      async put(bytes) {
        await turn()
        await flush()
        await output(bytes)
      },
      async end() {
        await turn()
        await flush()
        next()
      },
    }
    return voice
  }
}

import { problemOf, type Problem } from '../../../base/problem.ts'

/** What is there to show of something that is asked for by name. */
export type Loaded<Name, Answer> =
  | { readonly kind: 'none' }
  /** Asked for, and not there for so long that it should be said. */
  | { readonly kind: 'waiting'; readonly name: Name }
  | { readonly kind: 'here'; readonly name: Name; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly name: Name; readonly problem: Problem }

export interface Loading<Name> {
  /** Asks for this from now on; the answer to what was asked before is not heard any more. */
  load(name: Name): void
  clear(): void
}

/** Of a `setTimeout`. */
export interface Timers {
  set(run: () => void, ms: number): number
  clear(timer: number): void
}

const PATIENCE = 300

/**
 * Asks for one thing after the other. What was there stays until the next is there or has taken
 * 300 ms, also where a person goes on before that: nothing flickers, and no answer is ever shown
 * under the name of another.
 */
export function createLoading<Name, Answer>(
  ask: (name: Name, signal: AbortSignal) => Promise<Answer>,
  onChange: (loaded: Loaded<Name, Answer>) => void,
  timers: Timers = {
    set: (run, ms) => setTimeout(run, ms),
    clear: timer => clearTimeout(timer),
  },
): Loading<Name> {
  let end: AbortController | undefined
  let timer: number | undefined
  let waitingFor: Name | undefined
  let isWaiting = false

  const stop = () => {
    end?.abort()
    end = undefined
  }
  const calm = () => {
    if (timer !== undefined) timers.clear(timer)
    timer = undefined
    isWaiting = false
  }

  const load = async (name: Name) => {
    stop()
    const now = new AbortController()
    end = now
    waitingFor = name
    if (isWaiting) onChange({ kind: 'waiting', name })
    timer ??= timers.set(() => {
      isWaiting = true
      if (waitingFor !== undefined) onChange({ kind: 'waiting', name: waitingFor })
    }, PATIENCE)
    let loaded: Loaded<Name, Answer>
    try {
      loaded = { kind: 'here', name, answer: await ask(name, now.signal) }
    } catch (error) {
      loaded = { kind: 'failed', name, problem: problemOf(error) }
    }
    if (end !== now) return
    calm()
    onChange(loaded)
  }

  return {
    load: name => void load(name),
    clear() {
      stop()
      calm()
      onChange({ kind: 'none' })
    },
  }
}

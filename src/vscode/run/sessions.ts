import { randomUUID } from 'node:crypto'
import type { Session } from '../../run/session.ts'

/** What each file remembers from one run to the next (kafka-file specification, section 5). */
export interface Sessions {
  /** `place`: what it is run with and against; with another one than before the file starts anew. */
  of(uri: string, place: string, isNew: boolean): Promise<Session>
  /** The last answers to `$prompt` in a file, by label. */
  answers(uri: string): Map<string, string>
  /** What a name stands for by now; `text` is what the file declares it as. */
  known(uri: string, name: string, text?: string): string | undefined
  forget(uri: string): void
}

interface FileSession {
  readonly place: string
  readonly session: Session
  readonly known: (name: string, text?: string) => string | undefined
}

export function createSessions(): Sessions {
  const sessions = new Map<string, FileSession>()
  const answers = new Map<string, Map<string, string>>()
  return {
    async of(uri, place, isNew) {
      const known = sessions.get(uri)
      if (known?.place === place && !isNew) return known.session
      const { knownIn, newSession } = await import('../lazy/engine.ts')
      const session = newSession(randomUUID())
      const tell = (name: string, text?: string) => knownIn(session, name, text)
      sessions.set(uri, { place, session, known: tell })
      return session
    },
    answers(uri) {
      const known = answers.get(uri) ?? new Map<string, string>()
      answers.set(uri, known)
      return known
    },
    known: (uri, name, text) => sessions.get(uri)?.known(name, text),
    forget: uri => void sessions.delete(uri),
  }
}

/** Each run asks its `$prompt`s again, but for those whose answers a variable holds. */
export function askAgain({ outside, variables }: Session): void {
  const texts = Array.from(variables.values(), ({ text }) => text)
  for (const key of [...outside.keys()])
    if (key.startsWith('$prompt ') && !texts.some(text => text.includes(key))) outside.delete(key)
}

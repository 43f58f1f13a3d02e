import { randomUUID } from 'node:crypto'
import type { Session } from '../../run/session.ts'

/** What each file remembers from one run to the next (kafka-file specification, section 5). */
export interface Sessions {
  /** `place`: environment and cluster; with another one than before the file starts anew. */
  of(uri: string, place: string, isNew: boolean): Promise<Session>
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
    known: (uri, name, text) => sessions.get(uri)?.known(name, text),
    forget: uri => void sessions.delete(uri),
  }
}

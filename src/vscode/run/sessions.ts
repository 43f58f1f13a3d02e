import { randomUUID } from 'node:crypto'
import type { Session } from '../../run/session.ts'

/** What each file remembers from one run to the next (kafka-file specification, section 5). */
export interface Sessions {
  /** `place`: environment and cluster; with another one than before the file starts anew. */
  of(uri: string, place: string, isNew: boolean): Promise<Session>
  forget(uri: string): void
}

export function createSessions(): Sessions {
  const sessions = new Map<string, { readonly place: string; readonly session: Session }>()
  return {
    async of(uri, place, isNew) {
      const known = sessions.get(uri)
      if (known?.place === place && !isNew) return known.session
      const { newSession } = await import('../lazy/engine.ts')
      const session = newSession(randomUUID())
      sessions.set(uri, { place, session })
      return session
    },
    forget: uri => void sessions.delete(uri),
  }
}

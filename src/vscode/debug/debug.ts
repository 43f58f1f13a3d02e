import * as vscode from 'vscode'
import { DisposableStore, toDisposable, type Disposable } from '../../base/dispose.ts'
import { ConsumerLenses } from './consumerLenses.ts'
import { LineNotes } from './lineNotes.ts'
import { SessionLag, type InlineLagDeps } from './sessionLag.ts'
import { SessionTracker } from './tracker.ts'

/** js-debug's sessions: a root that holds the others, and one for each process and thread. */
const JAVASCRIPT = /^(pwa-|node)/

/** Lag beside the code: a lens on each consumer, and a note at each stop of a debug session. */
export function registerDebug(deps: InlineLagDeps): Disposable {
  const store = new DisposableStore()
  store.add(new ConsumerLenses(deps.clusters, deps.lag))
  const notes = store.add(new LineNotes())
  const sessions = new Map<string, Disposable>()
  store.add(
    toDisposable(() => {
      for (const session of sessions.values()) session.dispose()
    }),
  )
  const end = (id: string): void => {
    sessions.get(id)?.dispose()
    sessions.delete(id)
  }
  store.add(
    vscode.debug.registerDebugAdapterTrackerFactory('*', {
      createDebugAdapterTracker: session => {
        if (!JAVASCRIPT.test(session.type)) return undefined
        const tracker = new SessionTracker(Date.now)
        sessions.set(session.id, new SessionLag(session, tracker, notes, deps))
        return {
          onWillReceiveMessage: message => {
            tracker.sent(message)
          },
          onDidSendMessage: message => {
            tracker.received(message)
          },
          onWillStopSession: () => {
            tracker.end()
          },
        }
      },
    }),
  )
  store.add(
    vscode.debug.onDidTerminateDebugSession(({ id }) => {
      end(id)
    }),
  )
  return store
}

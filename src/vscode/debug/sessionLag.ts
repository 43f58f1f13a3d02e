import * as vscode from 'vscode'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import type { Log } from '../../base/log.ts'
import { problemOf } from '../../base/problem.ts'
import type { GroupReading } from '../../lag/reading.ts'
import { consumerAt, type SourceConsumer } from '../../source/consumers.ts'
import type { Clusters, SavedCluster } from '../clusters/clusters.ts'
import { debuggedCluster } from './debuggedCluster.ts'
import { consumersOf } from './documents.ts'
import { hoverOf } from './hover.ts'
import {
  changeSince,
  groupText,
  inlineText,
  shortened,
  type Change,
  type Membership,
} from './inlineText.ts'
import type { LagWatch, LagWatches } from '../lag/watches.ts'
import { lensText } from './lensText.ts'
import type { LineNote, LineNotes } from './lineNotes.ts'
import { locationOf, type Location } from './location.ts'
import { membershipOf } from './membership.ts'
import type { SessionTracker, Stop } from './tracker.ts'

export interface InlineLagDeps {
  readonly clusters: Clusters
  readonly lag: LagWatches
  readonly log: Log
}

/** The consumer that the stopped code belongs to. */
interface StoppedConsumer {
  readonly groupId: string
  readonly memberId?: string
  readonly sessionTimeout?: number
}

interface StoppedAt {
  readonly stop: Stop
  readonly location: Location
  readonly consumer: StoppedConsumer
  /** At the stop before this one. */
  readonly before: GroupReading | undefined
}

/** How often the countdown moves, ms. */
const TICK = 1000

/**
 * The lag beside the stopped line of one debug session: shown at each stop, kept fresh while it
 * lasts, gone when the program goes on. Between stops it asks nothing.
 */
export class SessionLag implements Disposable {
  readonly #session: vscode.DebugSession
  readonly #tracker: SessionTracker
  readonly #deps: InlineLagDeps
  readonly #notes: LineNotes
  readonly #store = new DisposableStore()
  /** By cluster and group: what was read at the last stop. */
  readonly #atLastStop = new Map<string, GroupReading>()
  #watch: { readonly key: string; readonly watch: LagWatch } | undefined
  #handled: Stop | undefined
  #stopped: StoppedAt | undefined
  #tick: NodeJS.Timeout | undefined

  constructor(
    session: vscode.DebugSession,
    tracker: SessionTracker,
    notes: LineNotes,
    deps: InlineLagDeps,
  ) {
    this.#session = session
    this.#tracker = tracker
    this.#notes = notes
    this.#deps = deps
    this.#store.add(tracker.onDidChange(() => this.#update()))
    this.#store.add(deps.clusters.onDidChange(() => this.#refresh()))
  }

  dispose(): void {
    this.#goOn()
    this.#watch?.watch.dispose()
    this.#watch = undefined
    this.#store.dispose()
  }

  #update(): void {
    const { stop, joins } = this.#tracker
    if (joins.size > 0) this.#connect()
    if (stop === this.#handled) return
    this.#goOn()
    this.#handled = stop
    if (stop) this.#halt(stop).catch((error: unknown) => this.#tellLog(error))
  }

  #tellLog(error: unknown): void {
    this.#deps.log.debug(`Inline lag: ${problemOf(error).message}`)
  }

  #cluster(): SavedCluster | undefined {
    return debuggedCluster(this.#session, this.#deps.clusters)?.cluster
  }

  /**
   * A consumer that was started against a cluster of ours is reason enough to connect, but not to
   * ask for a password.
   */
  #connect(): void {
    const { clusters } = this.#deps
    const found = debuggedCluster(this.#session, clusters)
    if (!found?.named) return
    if (clusters.state(found.cluster.id).kind !== 'disconnected') return
    const opening = clusters.connect(found.cluster.id, undefined, 'quiet')
    opening.catch((error: unknown) => this.#tellLog(error))
  }

  /** The program goes on: nothing is shown, nothing is asked. */
  #goOn(): void {
    clearInterval(this.#tick)
    this.#tick = undefined
    this.#stopped = undefined
    this.#handled = undefined
    this.#watch?.watch.setActive(false)
    this.#notes.clear(this.#session.id)
  }

  async #halt(stop: Stop): Promise<void> {
    const location = await locationOf(this.#session, stop.threadId)
    if (location === undefined) return
    const consumer = await this.#consumerAt(location)
    // Meanwhile it may have gone on.
    if (consumer === undefined || this.#tracker.stop !== stop) return
    this.#connect()
    const cluster = this.#cluster()
    const before = cluster && this.#atLastStop.get(keyOf(cluster.id, consumer.groupId))
    this.#stopped = { stop, location, consumer, before }
    this.#tick = setInterval(() => {
      this.#draw()
    }, TICK)
    this.#refresh()
  }

  /** Its group is certain from its own words when it joined; else as its text says. */
  async #consumerAt({ uri, line }: Location): Promise<StoppedConsumer | undefined> {
    const { joins } = this.#tracker
    const document = await openDocument(uri)
    const written = document ? consumersOf(document) : []
    const position = document?.lineCount
      ? document.offsetAt(document.lineAt(Math.min(line, document.lineCount - 1)).range.end)
      : 0
    const here = consumerAt(written, position)
    const join = (here && joins.get(here.groupId)) ?? [...joins.values()].at(-1)
    if (join === undefined) return here && { groupId: here.groupId, ...timeoutOf(here) }
    const own = written.find(({ groupId }) => groupId === join.groupId)
    return { groupId: join.groupId, memberId: join.memberId, ...timeoutOf(own) }
  }

  /** While stopped: watches the group if its cluster is connected, and shows what is known. */
  #refresh(): void {
    if (!this.#stopped) return
    const { groupId } = this.#stopped.consumer
    const cluster = this.#cluster()
    const connected = cluster && this.#deps.clusters.connected(cluster.id) !== undefined
    if (connected) this.#follow(cluster.id, groupId)
    this.#draw()
  }

  #follow(clusterId: string, groupId: string): void {
    const key = keyOf(clusterId, groupId)
    if (this.#watch?.key !== key) {
      this.#watch?.watch.dispose()
      const watch = this.#deps.lag.watch(clusterId, groupId, { active: false })
      watch.onDidUpdate(() => this.#read())
      this.#watch = { key, watch }
    }
    const { watch } = this.#watch
    if (watch.active) return
    watch.setActive(true)
    watch.lookNow()
  }

  #read(): void {
    const stopped = this.#stopped
    const reading = this.#watch?.watch.latest.reading
    if (!stopped || !reading || !this.#watch) return
    const known = this.#atLastStop.get(this.#watch.key)
    const isFirst = reading.at >= stopped.stop.at && known === stopped.before
    if (isFirst) this.#atLastStop.set(this.#watch.key, reading)
    this.#draw()
  }

  #draw(): void {
    if (!this.#stopped) return
    this.#notes.set(this.#session.id, this.#stopped.location, this.#noteOf(this.#stopped))
  }

  #noteOf({ stop, consumer, before }: StoppedAt): LineNote {
    const { groupId } = consumer
    const cluster = this.#cluster()
    const isOurs = cluster && this.#watch?.key === keyOf(cluster.id, groupId)
    const state = isOurs ? this.#watch?.watch.latest : undefined
    const reading = state?.reading
    const change: Change | undefined =
      before && reading && reading.at >= stop.at ? changeSince(before, reading) : undefined
    const paused = { ...consumer, stoppedAt: stop.at }
    const membership: Membership = membershipOf(paused, reading, Date.now())
    const text = reading
      ? inlineText(reading, change, membership)
      : state
        ? shortened(lensText(groupId, cluster?.name, state).title)
        : groupText(groupId, 'lag: not connected')
    const problem = state?.problem ?? (cluster && this.#connectionProblem(cluster.id))
    const tone = { fine: 'quiet', leaving: 'warning', evicted: 'error' } as const
    const hover = hoverOf({
      clusterId: cluster?.id,
      clusterName: cluster?.name,
      groupId,
      reading,
      change,
      membership,
      problem: problem && [problem.message, problem.advice].filter(Boolean).join(' '),
    })
    return { text, tone: tone[membership.kind], hover }
  }

  #connectionProblem(clusterId: string) {
    const state = this.#deps.clusters.state(clusterId)
    return state.kind === 'failed' ? state.problem : undefined
  }
}

function keyOf(clusterId: string, groupId: string): string {
  return `${clusterId}\0${groupId}`
}

function timeoutOf(consumer: SourceConsumer | undefined): { readonly sessionTimeout?: number } {
  const sessionTimeout = consumer?.sessionTimeout
  return sessionTimeout === undefined ? {} : { sessionTimeout }
}

async function openDocument(uri: vscode.Uri): Promise<vscode.TextDocument | undefined> {
  try {
    return await vscode.workspace.openTextDocument(uri)
  } catch {
    // Code that was evaluated, or a file that is gone: there is no text to look at.
    return undefined
  }
}

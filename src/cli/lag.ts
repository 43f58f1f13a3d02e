import { ProblemError } from '../base/problem.ts'
import { visible } from '../base/visible.ts'
import type { Cluster } from '../kafka/cluster.ts'
import { readingAsText } from '../lag/export.ts'
import { LagPoller, type GroupWatch, type LagState } from '../lag/watch.ts'
import { systemClock } from './clock.ts'
import { connectionConfig } from './connectionOptions.ts'
import { failing, sentenceOf } from './failing.ts'
import { LAG_HELP, lagOptions, type LagOptions } from './lagOptions.ts'
import { EXIT, type Surroundings } from './terminal.ts'
import { withCluster } from './withCluster.ts'

/**
 * `kafkafile lag`: how far groups are behind, partition by partition. The exit code is 1 for bad
 * options, 3 where a group is not there or could not be measured, 130 after Ctrl-C.
 */
export async function lag(args: readonly string[], around: Surroundings): Promise<number> {
  const signal = around.interruptible()
  try {
    const options = lagOptions(args)
    if (!options) {
      await around.print(LAG_HELP)
      return EXIT.passed
    }
    const config = await connectionConfig(options.connection, around)
    const name = config.bootstrapServers[0] ?? ''
    const use = { readerWorker: around.readerWorker, readsSoon: false }
    return await withCluster(config, use, signal, async cluster => {
      const groups = await groupsOf(options, cluster, around, signal)
      return groups.length === 0
        ? EXIT.passed
        : await follow(groups, { options, cluster, name, around, signal })
    })
  } catch (error) {
    return failing('lag', error, signal, around)
  }
}

interface Following {
  readonly options: LagOptions
  readonly cluster: Cluster
  /** What the cluster is called. */
  readonly name: string
  readonly around: Surroundings
  readonly signal: AbortSignal
}

/** Those that are asked for, else all there are. */
async function groupsOf(
  { groups }: LagOptions,
  cluster: Cluster,
  around: Surroundings,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (groups.length > 0) return groups
  const listed = await cluster.listGroups({ signal })
  const [problem] = listed.problems
  if (problem && listed.groups.length === 0) throw new ProblemError(problem)
  if (problem) around.complain(`kafkafile: ${sentenceOf(problem)}\n`)
  if (listed.groups.length === 0) around.complain('kafkafile: The cluster has no groups.\n')
  return listed.groups.map(({ groupId }) => groupId).sort((a, b) => (a < b ? -1 : 1))
}

async function follow(groups: readonly string[], following: Following): Promise<number> {
  const { options, cluster, signal } = following
  const poller = new LagPoller(() => Promise.resolve(cluster), systemClock)
  const watches = groups.map(group => poller.watch(group, { interval: options.interval }))
  try {
    for (;;) {
      await nextLook(watches, signal)
      const states = watches.map(({ state }) => state)
      await show(states, following)
      if (!options.watch) return exitOf(states)
    }
  } finally {
    poller.dispose()
  }
}

/** Resolves when each group has told something new: a reading, or what keeps it from one. */
function nextLook(watches: readonly GroupWatch[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const waiting = new Set(watches)
    const stop = () => {
      for (const end of ends) end.dispose()
      reject(signal.reason as Error)
    }
    const ends = watches.map(watch =>
      watch.onDidUpdate(() => {
        waiting.delete(watch)
        if (waiting.size > 0) return
        for (const end of ends) end.dispose()
        signal.removeEventListener('abort', stop)
        resolve()
      }),
    )
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
  })
}

function exitOf(states: readonly LagState[]): number {
  const measured = states.every(
    ({ status, problem }) => !problem && (status === 'measured' || status === 'no-offsets'),
  )
  return measured ? EXIT.passed : EXIT.runtime
}

const CLEAR_SCREEN = '\u001b[H\u001b[2J\u001b[3J'

async function show(states: readonly LagState[], following: Following): Promise<void> {
  const { options, name, around } = following
  if (options.json) {
    await around.print(states.map(state => `${jsonOf(state, name)}\n`).join(''))
    return
  }
  const text = states.map(state => textOf(state, name)).join('\n')
  const clear = options.watch && around.outputWidth !== undefined ? CLEAR_SCREEN : ''
  await around.print(clear + text)
}

function jsonOf({ groupId, status, reading, problem }: LagState, cluster: string): string {
  const { at, ...rest } = reading ?? { at: undefined }
  const told = {
    cluster,
    groupId,
    status,
    ...(at !== undefined && { at: new Date(at).toISOString() }),
    ...rest,
    ...(problem && { problem }),
  }
  const text = (_: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)
  return JSON.stringify(told, text)
}

function textOf({ groupId, status, reading, problem }: LagState, cluster: string): string {
  const lines = reading ? readingAsText(reading, cluster).trimEnd().split('\n') : []
  if (status === 'unknown-group') lines.push(`There is no group "${groupId}" on ${cluster}.`)
  if (status === 'no-offsets') lines.push(`${groupId} on ${cluster}: it has committed nothing.`)
  if (problem) lines.push(`${groupId} on ${cluster}: ${sentenceOf(problem)}`)
  return lines.map(line => `${visible(line)}\n`).join('')
}

import * as vscode from 'vscode'
import { DisposableStore, toDisposable, type Disposable } from '../../base/dispose.ts'
import type { Log } from '../../base/log.ts'
import { DEFAULT_INTERVAL } from '../../lag/watch.ts'
import { guarded } from '../clusters/clusterCommands.ts'
import type { Clusters } from '../clusters/clusters.ts'
import { textOf } from '../clusters/pickCluster.ts'
import { groupFor } from '../pick/pick.ts'
import { LagPanel } from './panel.ts'
import type { LagWatches } from './watches.ts'

export const LAG_VIEW = 'kafkaWorkbench.lag'
const SETTING = 'kafkaWorkbench.lag.interval'
/** The person is in another window for so long: nobody looks at the panels. */
const AWAY_MS = 5 * 60_000

export interface LagDeps {
  readonly extensionUri: vscode.Uri
  readonly clusters: Clusters
  readonly watches: LagWatches
  readonly log: Log
}

/** The lag panels: one per group, each owned here until it is closed. */
export interface LagPanels extends Disposable {
  /** Shows the lag of a group; a panel of the same group is used again. */
  open(clusterId: string, groupId: string): void
}

/** Lag panels, their commands, their setting, and their restoring after a reload. */
export function registerLag(deps: LagDeps): LagPanels {
  const store = new DisposableStore()
  const panels = new Map<string, LagPanel>()

  function adopt(panel: vscode.WebviewPanel, clusterId: string, groupId: string): LagPanel {
    const key = keyOf(clusterId, groupId)
    const { clusters, watches } = deps
    const lag = new LagPanel(panel, {
      extensionUri: deps.extensionUri,
      cluster: () => {
        const saved = clusters.get(clusterId)
        return { name: saved?.name ?? clusterId, address: saved?.bootstrapServers[0] ?? clusterId }
      },
      watch: () =>
        watches.watch(clusterId, groupId, {
          connect: true,
          active: panel.visible,
          interval: interval(),
        }),
      showLog: () => {
        void vscode.commands.executeCommand('kafkaWorkbench.showLog')
      },
      newConsumerFile: () => {
        void newConsumerFile(groupId, clusters.get(clusterId)?.name)
      },
    })
    panels.set(key, lag)
    lag.onDidDispose(() => {
      if (panels.get(key) === lag) panels.delete(key)
    })
    return lag
  }

  const open = (clusterId: string, groupId: string) => {
    const known = panels.get(keyOf(clusterId, groupId))
    if (known) known.reveal()
    else adopt(createPanel(groupId), clusterId, groupId)
  }

  store.add(restoring(panels, adopt))
  store.add(following(panels))
  for (const [id, run] of commands(deps, panels, open))
    store.add(vscode.commands.registerCommand(id, guarded(deps.log, run)))
  return {
    open,
    dispose: () => {
      store.dispose()
      for (const panel of [...panels.values()]) panel.dispose()
    },
  }
}

type Command = readonly [id: string, run: (argument: unknown) => Promise<unknown>]

function commands(
  { clusters }: LagDeps,
  panels: ReadonlyMap<string, LagPanel>,
  open: (clusterId: string, groupId: string) => void,
): readonly Command[] {
  const active = () => [...panels.values()].find(panel => panel.active)
  return [
    [
      'kafkaWorkbench.openLagPanel',
      async argument => {
        const found = await groupFor(clusters, argument, 'The lag of which consumer group?')
        if (found) open(found.saved.id, found.groupId)
      },
    ],
    ['kafkaWorkbench.lag.togglePause', () => Promise.resolve(active()?.togglePause())],
    ['kafkaWorkbench.lag.lookNow', () => Promise.resolve(active()?.lookNow())],
    ['kafkaWorkbench.lag.copy', async () => active()?.copy()],
    ['kafkaWorkbench.lag.openInEditor', async () => active()?.openInEditor()],
  ]
}

type Adopt = (panel: vscode.WebviewPanel, clusterId: string, groupId: string) => LagPanel

/** After a reload VS Code gives the panels back with what their pages have saved. */
function restoring(panels: ReadonlyMap<string, LagPanel>, adopt: Adopt): Disposable {
  return vscode.window.registerWebviewPanelSerializer(LAG_VIEW, {
    deserializeWebviewPanel: (panel, state) => {
      const clusterId = textOf(state, 'clusterId')
      const groupId = textOf(state, 'groupId')
      const known = clusterId !== undefined && groupId !== undefined
      if (known && !panels.has(keyOf(clusterId, groupId))) adopt(panel, clusterId, groupId)
      else panel.dispose()
      return Promise.resolve()
    },
  })
}

/** Keeps the panels in step with the setting, and still while the person is elsewhere. */
function following(panels: ReadonlyMap<string, LagPanel>): Disposable {
  const store = new DisposableStore()
  let timer: NodeJS.Timeout | undefined
  const setAway = (away: boolean) => {
    for (const panel of panels.values()) panel.setAway(away)
  }
  store.add(toDisposable(() => clearTimeout(timer)))
  store.add(
    vscode.window.onDidChangeWindowState(({ focused }) => {
      clearTimeout(timer)
      if (focused) setAway(false)
      else timer = setTimeout(setAway, AWAY_MS, true)
    }),
  )
  store.add(
    vscode.workspace.onDidChangeConfiguration(event => {
      if (!event.affectsConfiguration(SETTING)) return
      for (const panel of panels.values()) panel.setDefaultInterval(interval())
    }),
  )
  return store
}

function createPanel(groupId: string): vscode.WebviewPanel {
  return vscode.window.createWebviewPanel(
    LAG_VIEW,
    `${groupId} · lag`,
    { viewColumn: vscode.ViewColumn.Active },
    {},
  )
}

/** Ms. The setting is in seconds; what makes no sense is the default. */
function interval(): number {
  const seconds: unknown = vscode.workspace.getConfiguration().get(SETTING)
  const sensible = typeof seconds === 'number' && seconds >= 1 && seconds <= 3600
  return sensible ? seconds * 1000 : DEFAULT_INTERVAL
}

function keyOf(clusterId: string, groupId: string): string {
  return JSON.stringify([clusterId, groupId])
}

async function newConsumerFile(groupId: string, cluster: string | undefined): Promise<void> {
  const content = [
    ...(cluster === undefined ? [] : [`-- @cluster ${cluster}`, '']),
    `CONSUMER ${groupId}`,
    'topic: ',
    '',
  ].join('\n')
  const document = await vscode.workspace.openTextDocument({ language: 'kafka', content })
  await vscode.window.showTextDocument(document)
}

import * as vscode from 'vscode'
import { problemOf, ProblemError } from '../../base/problem.ts'
import type { GroupListing } from '../../kafka/model.ts'
import { typeWords } from '../../lag/words.ts'
import type { Clusters, SavedCluster } from '../clusters/clusters.ts'
import { CANCELLED } from '../clusters/cancelling.ts'

/** Lets the user choose a group of a cluster, connecting if need be. */
export async function pickGroup(
  clusters: Clusters,
  cluster: SavedCluster,
): Promise<string | undefined> {
  const source = new vscode.CancellationTokenSource()
  const controller = new AbortController()
  source.token.onCancellationRequested(() => {
    controller.abort(new ProblemError({ code: CANCELLED, message: 'Choosing was cancelled.' }))
  })
  let failure: unknown
  const items = groupsOf(clusters, cluster, controller.signal).catch((error: unknown) => {
    failure = error
    source.cancel()
    return []
  })
  const chosen = await vscode.window.showQuickPick(
    items,
    { title: cluster.name, placeHolder: 'Consumer group whose lag to show' },
    source.token,
  )
  if (failure !== undefined) throw new ProblemError(problemOf(failure))
  controller.abort()
  source.dispose()
  return chosen?.label
}

async function groupsOf(
  clusters: Clusters,
  { id, name }: SavedCluster,
  signal: AbortSignal,
): Promise<vscode.QuickPickItem[]> {
  const connection = await clusters.connect(id, signal)
  const { groups, problems } = await connection.listGroups({ signal })
  const [problem] = problems
  if (groups.length === 0 && problem) throw new ProblemError(problem)
  if (groups.length === 0)
    throw new ProblemError({
      code: 'not-found',
      message: `${name} has no consumer groups yet.`,
      advice: 'Start a consumer first.',
    })
  return [...groups].sort((a, b) => (a.groupId < b.groupId ? -1 : 1)).map(itemOf)
}

function itemOf({ groupId, type, protocolType, state }: GroupListing): vscode.QuickPickItem {
  const manual = type === 'classic' && protocolType === ''
  const words = [typeWords({ type, manual }), ...(state ? [state] : [])]
  return { label: groupId, description: words.join(' · ') }
}

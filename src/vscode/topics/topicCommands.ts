import * as vscode from 'vscode'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import type { Log } from '../../base/log.ts'
import { ProblemError, type Problem } from '../../base/problem.ts'
import { guarded } from '../clusters/clusterCommands.ts'
import type { Clusters } from '../clusters/clusters.ts'
import { clusterFor, textOf } from '../clusters/pickCluster.ts'
import { topicNode } from '../tree/nodes.ts'
import type { Tree } from '../tree/tree.ts'
import { createTopic } from './createTopic.ts'
import { deleteTopic } from './deleteTopic.ts'
import { kafkaFileFor } from './kafkaFile.ts'
import { topicFor } from '../pick/pick.ts'

export interface TopicCommandDeps {
  readonly clusters: Clusters
  readonly tree: Tree
  readonly log: Log
}

const UNTRUSTED: Problem = {
  code: 'untrusted',
  message: 'No topic that a file names is created from an untrusted workspace.',
  advice: 'Trust this workspace to create it.',
}

/** What one can do to topics. Each takes a tree node, or asks for what it needs. */
export function registerTopicCommands({ clusters, tree, log }: TopicCommandDeps): Disposable {
  const store = new DisposableStore()
  const register = (name: string, run: (argument: unknown) => Promise<unknown>) => {
    const command = `kafkaWorkbench.${name}`
    store.add(vscode.commands.registerCommand(command, guarded(log, run)))
  }
  register('createTopic', async argument => {
    const saved = await clusterFor(clusters, argument, 'Create a topic on which cluster?')
    if (!saved) return undefined
    const cluster = await clusters.connect(saved.id)
    // A `.kafka` file that names a topic which does not exist hands its name over.
    const wanted = textOf(argument, 'newTopic') ?? ''
    if (wanted && !vscode.workspace.isTrusted) throw new ProblemError(UNTRUSTED)
    const name = await createTopic(saved, cluster, wanted)
    if (name === undefined) return undefined
    await tree.refresh(saved.id)
    await tree.reveal(topicNode(saved.id, name))
    return name
  })
  register('deleteTopic', async argument => {
    const found = await topicFor(clusters, argument, 'Delete which topic?')
    if (!found || !(await deleteTopic(found))) return false
    await tree.refresh(found.saved.id)
    return true
  })
  register('newKafkaFile', async argument => {
    const found = await topicFor(clusters, argument, 'A .kafka file for which topic?')
    if (!found) return
    const document = await vscode.workspace.openTextDocument({
      language: 'kafka',
      content: kafkaFileFor(found.topic, found.saved.name),
    })
    await vscode.window.showTextDocument(document)
  })
  return store
}

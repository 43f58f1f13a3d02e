import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import type { TreeNode } from '../../src/vscode/tree/nodes.ts'
import type { Internals } from '../../src/vscode/extension.ts'
import { clearClusters, givenBroker, internals, until, writeClusters } from './extension.ts'

/** Unlike those of other suites on the same broker. */
const RUN = `tree-${Date.now()}`

describe('the tree', () => {
  let parts: Internals

  before(async () => {
    parts = await internals()
  })
  afterEach(async () => {
    parts.tree.setFilter('')
    await clearClusters()
    await until('no clusters', () => parts.clusters.all.length === 0)
  })

  async function children(node?: TreeNode): Promise<readonly TreeNode[]> {
    return (await parts.tree.provider.getChildren(node)) ?? []
  }

  async function item(node: TreeNode): Promise<vscode.TreeItem> {
    return parts.tree.provider.getTreeItem(node)
  }

  /** Our items are labelled with plain texts. */
  function textOf({ label }: vscode.TreeItem): string {
    return typeof label === 'string' ? label : (label?.label ?? '')
  }

  async function labels(node?: TreeNode): Promise<unknown[]> {
    return Promise.all((await children(node)).map(async child => (await item(child)).label))
  }

  /** The child with this label, as soon as it is there. */
  function child(node: TreeNode | undefined, label: string): Promise<TreeNode> {
    return until(label, async () => {
      for (const one of await children(node)) if ((await item(one)).label === label) return one
      return undefined
    })
  }

  it('shows what is wrong with the settings, with a way to them', async () => {
    await writeClusters([{ id: 'bad' }])
    await until('the problem', async () => (await labels()).length === 1)
    const [node] = await children()
    assert.ok(node)
    const shown = await item(node)
    assert.match(textOf(shown), /"bad".*"bootstrapServers" is missing/)
    assert.equal(shown.command?.command, 'kafkaWorkbench.openClusterSettings')
  })

  it('shows why a cluster cannot be reached, and offers to try again', async () => {
    await writeClusters([{ id: 'nowhere', bootstrapServers: ['127.0.0.1:1'] }])
    const cluster = await child(undefined, 'nowhere')
    const note = await until('the problem', async () => {
      const [first] = await children(cluster)
      return first?.kind === 'note' && first.note === 'problem' ? first : undefined
    })
    const shown = await item(note)
    assert.match(textOf(shown), /127\.0\.0\.1:1/)
    assert.equal(shown.command?.command, 'kafkaWorkbench.tryAgain')
  })

  describe('of a running broker', () => {
    let broker: string

    before(function () {
      const given = givenBroker()
      if (given) broker = given
      else this.skip()
    })
    beforeEach(async () => {
      await writeClusters([{ id: 'broker', name: 'Broker', bootstrapServers: [broker] }])
      await until('the cluster', () => parts.clusters.get('broker'))
    })

    it('has brokers, topics and groups, each node the same before and after a refresh', async () => {
      const cluster = await child(undefined, 'Broker')
      const brokers = await child(cluster, 'Brokers')
      await child(brokers, 'KRaft Quorum')
      assert.deepEqual(await labels(cluster), ['Brokers', 'Topics', 'Consumer Groups'])
      const before = await children(cluster)
      await vscode.commands.executeCommand('kafkaWorkbench.refresh')
      const after = await children(cluster)
      assert.deepEqual(after, before)
      after.forEach((node, index) => assert.equal(node, before[index]))
    })

    it('shows a topic that was made, its partitions, and no more when it is gone', async () => {
      const cluster = await parts.clusters.connect('broker')
      const name = `${RUN}.orders`
      const [made] = await cluster.createTopics([
        { name, partitions: 2, configs: { 'retention.ms': '123456' } },
      ])
      assert.equal(made?.problem, undefined)
      const root = await child(undefined, 'Broker')
      const topics = await child(root, 'Topics')
      await parts.tree.refresh('broker')
      await vscode.commands.executeCommand('kafkaWorkbench.filterTopics', RUN)
      const topic = await child(topics, name)
      await child(topic, 'Partition 1')
      const shown = await item(topic)
      assert.match(String(shown.description), /^2 partitions · replication 1/)
      const resolved = await parts.tree.provider.resolveTreeItem?.(
        shown,
        topic,
        new vscode.CancellationTokenSource().token,
      )
      assert.match((resolved?.tooltip as vscode.MarkdownString).value, /123456/)
      assert.deepEqual(await labels(topics), [name])
      await cluster.deleteTopics([name])
      await parts.tree.refresh('broker')
      await child(topics, `No topic matches "${RUN}"`)
    })

    it('stays disconnected when the user disconnects', async () => {
      const cluster = await child(undefined, 'Broker')
      await child(cluster, 'Topics')
      await vscode.commands.executeCommand('kafkaWorkbench.disconnect', 'broker')
      assert.equal(parts.clusters.state('broker').kind, 'disconnected')
    })

    it('opens a .kafka file for a topic', async () => {
      await vscode.commands.executeCommand('kafkaWorkbench.newKafkaFile', {
        clusterId: 'broker',
        topic: `${RUN}.orders`,
      })
      const document = vscode.window.activeTextEditor?.document
      assert.equal(document?.languageId, 'kafka')
      assert.match(document.getText(), /^-- @cluster Broker$/m)
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor')
    })

    it('copies the name of what it is asked for', async () => {
      const topic = { kind: 'topic', id: 'x', clusterId: 'broker', topic: 'orders' }
      await vscode.commands.executeCommand('kafkaWorkbench.copyName', topic)
      assert.equal(await vscode.env.clipboard.readText(), 'orders')
    })
  })
})

import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import { internals, until, clearClusters, writeClusters } from './extension.ts'

describe('a .kafka document in an untrusted workspace', () => {
  after(clearClusters)

  it('sends nothing, and says so', async () => {
    const { clusters, runs } = await internals()
    await writeClusters([{ id: 'u', name: 'U', bootstrapServers: ['127.0.0.1:1'] }])
    await until('the cluster', () => clusters.all[0])
    await clusters.select(clusters.all[0]?.id)
    const document = await vscode.workspace.openTextDocument({
      language: 'kafka',
      content: 'PRODUCER\ntopic: a\nv\n',
    })
    await vscode.window.showTextDocument(document)
    await vscode.commands.executeCommand('kafkaWorkbench.produceRecord')
    const [found] = runs.states.blocks(document)
    assert.ok(found?.state.kind === 'failed')
    assert.equal(found.state.problem.message, 'Nothing is sent from an untrusted workspace.')
    assert.equal(clusters.state(clusters.all[0]?.id ?? '').kind, 'disconnected')
  })
})

import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import { clearClusters, internals, until, writeClusters } from './extension.ts'

const server = ['127.0.0.1:1']

describe('clusters in an untrusted workspace', () => {
  afterEach(clearClusters)

  it("are the user's alone", async () => {
    assert.equal(vscode.workspace.isTrusted, false)
    const { clusters } = await internals()
    const place = vscode.ConfigurationTarget.Workspace
    await writeClusters([{ id: 'theirs', bootstrapServers: server }], place)
    await writeClusters([{ id: 'mine', bootstrapServers: server }])
    await until('the cluster', () => clusters.get('mine'))
    assert.deepEqual(
      clusters.all.map(({ id }) => id),
      ['mine'],
    )
  })
})

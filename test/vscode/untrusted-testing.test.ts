import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import { clearClusters, internals, until, writeClusters } from './extension.ts'

describe('a test of a .kafka document in an untrusted workspace', () => {
  after(clearClusters)

  it('is shown, and sends nothing', async () => {
    const { clusters, testing } = await internals()
    await writeClusters([{ id: 't', name: 'T', bootstrapServers: ['127.0.0.1:1'] }])
    await until('the cluster', () => clusters.all[0])
    await clusters.select(clusters.all[0]?.id)
    const document = await vscode.workspace.openTextDocument({
      language: 'kafka',
      content: 'PRODUCER\ntopic: a\nv\n###\nEXPECT x\ntopic: a\n',
    })
    const file = await until('the test', () =>
      testing.controller.items.get(document.uri.toString()),
    )
    const messages: string[] = []
    const errored = (
      _: vscode.TestItem,
      told: vscode.TestMessage | readonly vscode.TestMessage[],
    ) => {
      for (const { message } of [told].flat())
        messages.push(typeof message === 'string' ? message : message.value)
    }
    const nothing = () => undefined
    await testing.run([file], {
      enqueued: nothing,
      started: nothing,
      passed: () => assert.fail('it ran'),
      failed: () => assert.fail('it ran'),
      skipped: nothing,
      errored,
      appendOutput: nothing,
    })
    assert.match(messages.join('\n'), /Nothing is sent from an untrusted workspace\./)
    assert.equal(clusters.state(clusters.all[0]?.id ?? '').kind, 'disconnected')
  })
})

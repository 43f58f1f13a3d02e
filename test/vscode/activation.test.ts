import assert from 'node:assert/strict'
import * as vscode from 'vscode'

const ID = 'kafka-workbench.kafka-workbench'

describe('activation', () => {
  it('is there, and wakes up without an error', async () => {
    const extension = vscode.extensions.getExtension(ID)
    assert.ok(extension, `${ID} is not installed`)
    await extension.activate()
    assert.equal(extension.isActive, true)
  })

  it('registers every command that its manifest contributes', async () => {
    const extension = vscode.extensions.getExtension(ID)
    await extension?.activate()
    const manifest = extension?.packageJSON as {
      contributes?: { commands?: readonly { command: string }[] }
    }
    const contributed = (manifest.contributes?.commands ?? []).map(entry => entry.command)
    const known = new Set(await vscode.commands.getCommands(true))
    assert.deepEqual(
      contributed.filter(command => !known.has(command)),
      [],
    )
  })
})

import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import { DisposableStore } from '../../src/base/dispose.ts'
import { registerLenses } from '../../src/vscode/run/lenses.ts'
import { internals, until } from './extension.ts'

describe('lenses of blocks', () => {
  it('are asked for twice after a change, as the editor drops what it is told when it loses the focus', async () => {
    const { clusters, messages, environments, runs } = await internals()
    const store = new DisposableStore()
    const turned = store.add(new vscode.EventEmitter<void>())
    const register = Reflect.get(vscode.languages, 'registerCodeLensProvider') as unknown
    let told = 0
    Reflect.set(
      vscode.languages,
      'registerCodeLensProvider',
      (_: unknown, { onDidChangeCodeLenses }: vscode.CodeLensProvider) =>
        onDidChangeCodeLenses?.(() => told++),
    )
    try {
      const states = Object.assign(Object.create(runs.states) as typeof runs.states, {
        onDidTurn: turned.event,
      })
      store.add(registerLenses({ clusters, messages, environments, states }))
    } finally {
      Reflect.set(vscode.languages, 'registerCodeLensProvider', register)
    }
    try {
      turned.fire()
      turned.fire()
      assert.equal(told, 2)
      await until('it is told once more', () => told >= 3)
    } finally {
      store.dispose()
    }
  })
})

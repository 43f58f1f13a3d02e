import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import { clearClusters, givenBroker, internals, until, writeClusters } from './extension.ts'
import type { Internals } from '../../src/vscode/extension.ts'

/** Unlike those of other suites on the same broker. */
const TOPIC = `folders-${Date.now()}`

describe('.kafka files in two folders of a workspace', () => {
  let parts: Internals
  let folders: readonly vscode.WorkspaceFolder[] = []

  const write = async (folder: number, name: string, text: string) => {
    const top = folders[folder]?.uri
    assert.ok(top)
    const uri = vscode.Uri.joinPath(top, 'two', name)
    await vscode.workspace.fs.writeFile(uri, Buffer.from(text))
    return uri
  }
  const run = async (uri: vscode.Uri, block?: number) => {
    const document = await vscode.workspace.openTextDocument(uri)
    const what =
      block === undefined
        ? ({ kind: 'file', blocks: [] } as const)
        : ({ kind: 'block', blocks: [block] } as const)
    const said: string[] = []
    for await (const event of parts.runs.runs.run(document, what))
      if (event.kind === 'block-ended')
        said.push(`${event.result.status} ${event.result.problem?.code ?? ''}`.trim())
    return said
  }

  before(async function () {
    const broker = givenBroker()
    if (broker === undefined) {
      this.skip()
      return
    }
    folders = await until('two folders', () => vscode.workspace.workspaceFolders, 5_000).catch(
      () => [],
    )
    // The VS Code server now and then opens a workspace file as if it were empty.
    if (folders.length < 2) {
      this.skip()
      return
    }
    parts = await internals()
    await writeClusters([{ id: 'k', name: 'The Cluster', bootstrapServers: [broker] }])
    await until('the cluster', () => parts.clusters.all.length === 1)
    await parts.clusters.select(parts.clusters.all[0]?.id)
  })
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'))
  after(async () => {
    await clearClusters()
    for (const { uri } of folders) {
      const made = vscode.Uri.joinPath(uri, 'two')
      await vscode.workspace.fs.delete(made, { recursive: true }).then(undefined, () => undefined)
    }
  })

  it('have the environments of their own folder, and the one that is chosen there', async () => {
    const text = (who: string) =>
      `PRODUCER p\ntopic: ${TOPIC}\n{{who}}\n###\nEXPECT\ntopic: ${TOPIC}\nmatch: value == "${who}"\n`
    const environments = (who: string) =>
      JSON.stringify({ $shared: { who: `all ${who}` }, local: { who: `local ${who}` } })
    await write(0, 'kafka.env.json', environments('one'))
    await write(1, 'kafka.env.json', environments('two'))
    const one = await write(0, 'a.kafka', text('local one'))
    const two = await write(1, 'a.kafka', text('all two'))
    await vscode.window.showTextDocument(one)
    await vscode.commands.executeCommand('kafkaWorkbench.selectEnvironment', 'local')
    assert.deepEqual(await run(one), ['passed', 'passed'])
    assert.deepEqual(await run(two), ['passed', 'passed'])
    await vscode.commands.executeCommand('kafkaWorkbench.selectEnvironment', null)
  })

  it('have sessions of their own', async () => {
    const text = `PRODUCER p\ntopic: ${TOPIC}\nx\n###\nPRODUCER q\ntopic: ${TOPIC}\n{{p.offset}}\n`
    const one = await write(0, 'b.kafka', text)
    const two = await write(1, 'b.kafka', text)
    assert.deepEqual(await run(one, 0), ['passed'])
    assert.deepEqual(await run(two, 1), ['refused K304'])
    assert.deepEqual(await run(one, 1), ['passed'])
  })

  it('read and write files of their own folder only', async () => {
    const reading = (path: string) => `PRODUCER\ntopic: ${TOPIC}\nvalue-from: file(${path})\n`
    await write(0, 'value.txt', 'one')
    const own = await write(0, 'c.kafka', reading('value.txt'))
    const name = folders[0]?.uri.path.split('/').at(-1) ?? ''
    const two = await write(1, 'c.kafka', reading(`../../${name}/two/value.txt`))
    assert.deepEqual(await run(own), ['passed'])
    assert.deepEqual(await run(two), ['refused outside-workspace'])
  })
})

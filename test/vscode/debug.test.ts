import assert from 'node:assert/strict'
import { join } from 'node:path'
import * as vscode from 'vscode'
import { clearClusters, givenBroker, internals, until, writeClusters } from './extension.ts'

const GROUP = 'examples-consumer'
/** A program is started, joins, reads and stops: on a busy machine that takes its time. */
const PATIENCE_MS = 40_000

/** The lenses of a document that are ours; lenses of other extensions may stand beside them. */
async function lensesOf(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    document.uri,
    100,
  )
  return lenses.filter(({ command }) => command?.command === 'kafkaWorkbench.openLagPanel')
}

async function titlesOf(document: vscode.TextDocument): Promise<string[]> {
  return (await lensesOf(document)).map(({ command }) => command?.title ?? '')
}

function examples(): vscode.WorkspaceFolder {
  const [folder] = vscode.workspace.workspaceFolders ?? []
  assert.ok(folder)
  return folder
}

describe('lag beside the code', () => {
  before(async () => {
    const bootstrapServers = [givenBroker() ?? '127.0.0.1:1']
    await writeClusters([{ id: 'local', name: 'Local', bootstrapServers }])
    const { clusters } = await internals()
    await until('the cluster', () => clusters.selected?.id === 'local')
  })

  after(clearClusters)

  afterEach(async () => {
    await vscode.debug.stopDebugging()
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints)
    await vscode.commands.executeCommand('workbench.action.closeAllEditors')
  })

  const languages = ['javascript', 'typescript', 'javascriptreact', 'typescriptreact']
  for (const language of languages)
    it(`${language}: a consumer carries a lens, a comment and a computed group id do not`, async () => {
      const content = [
        `// kafka.consumer({ groupId: 'commented' })`,
        `const consumer = kafka.consumer({ groupId: 'billing' })`,
        'kafka.consumer({ groupId: `billing-${stage}` })',
      ].join('\n')
      const document = await vscode.workspace.openTextDocument({ language, content })
      await vscode.window.showTextDocument(document)
      const [lens, ...more] = await lensesOf(document)
      assert.deepEqual(more, [])
      assert.match(lens?.command?.title ?? '', /^billing · /)
      assert.equal(lens?.range.start.line, 1)
      const [target] = (lens.command?.arguments ?? []) as { groupId?: string }[]
      assert.equal(target?.groupId, 'billing')
    })

  it('a lens follows the text', async () => {
    const content = `kafka.consumer({ groupId: 'one' })`
    const document = await vscode.workspace.openTextDocument({ language: 'javascript', content })
    const editor = await vscode.window.showTextDocument(document)
    await editor.edit(edit => {
      edit.insert(new vscode.Position(0, content.indexOf('one')), 'twenty-')
    })
    assert.match((await titlesOf(document))[0] ?? '', /^twenty-one · /)
  })

  it('a document without a consumer has no lens', async () => {
    const content = `console.log('groupId')`
    const document = await vscode.workspace.openTextDocument({ language: 'javascript', content })
    await vscode.window.showTextDocument(document)
    assert.deepEqual(await titlesOf(document), [])
  })

  it('shows the lag of the example once it is debugged', async function () {
    if (givenBroker() === undefined) this.skip()
    this.timeout(2.5 * PATIENCE_MS)
    const path = join(examples().uri.fsPath, 'consumer/consumer.js')
    const document = await vscode.workspace.openTextDocument(path)
    await vscode.window.showTextDocument(document)
    const [before] = await titlesOf(document)
    assert.ok(before?.startsWith(`${GROUP} · `), before)

    const line = document
      .getText()
      .split('\n')
      .findIndex(text => text.includes('console.log(shown)'))
    const place = new vscode.Location(document.uri, new vscode.Position(line, 0))
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(place)])
    const started = await vscode.debug.startDebugging(examples(), 'Debug the example consumer')
    assert.ok(started)
    await until(
      'the stop',
      () => vscode.debug.activeStackItem instanceof vscode.DebugStackFrame,
      PATIENCE_MS,
    )
    const shown = /· lag [\d,]+ · 1 member$/
    await until(
      'the lag with its member',
      async () => {
        const [title] = await titlesOf(document)
        return shown.test(title ?? '')
      },
      PATIENCE_MS,
    )
  })
})

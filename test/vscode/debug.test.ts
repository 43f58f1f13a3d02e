import assert from 'node:assert/strict'
import { join } from 'node:path'
import * as vscode from 'vscode'

const BOOTSTRAP = process.env['KAFKA_WORKBENCH_TEST_BOOTSTRAP']
const GROUP = 'examples-consumer'

async function until<T>(what: string, ask: () => Promise<T | undefined> | T | undefined) {
  const deadline = Date.now() + 25_000
  while (Date.now() < deadline) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await new Promise(done => setTimeout(done, 100))
  }
  throw new Error(`not seen in time: ${what}`)
}

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
  before(() => vscode.commands.executeCommand('kafkaWorkbench.selectCluster', 'local'))

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
    if (BOOTSTRAP === undefined) this.skip()
    this.timeout(60_000)
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
    await until('the stop', () => {
      const item = vscode.debug.activeStackItem
      return item instanceof vscode.DebugStackFrame ? item : undefined
    })
    let title: string | undefined
    const shown = /· lag [\d,]+ · 1 member$/
    await until('the lag with its member', async () => {
      ;[title] = await titlesOf(document)
      return shown.test(title ?? '') || undefined
    }).catch(() => {
      assert.match(title ?? '', shown)
    })
  })
})

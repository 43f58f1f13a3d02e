import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import { internals, until } from './extension.ts'

describe('the language of .kafka documents', () => {
  before(async () => {
    await internals()
  })
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors')
  })

  async function show(content: string): Promise<vscode.TextDocument> {
    const document = await vscode.workspace.openTextDocument({ language: 'kafka', content })
    await vscode.window.showTextDocument(document)
    return document
  }

  function codes(document: vscode.TextDocument): readonly unknown[] {
    return vscode.languages.getDiagnostics(document.uri).map(({ code }) => code)
  }

  it('offers to modernise old faker names, as a hint', async () => {
    const document = await show(
      'PRODUCER\ntopic: a\nkey: {{random.uuid}}\n{{random.word}} {{name.findName}}\n',
    )
    await until('three hints', () => codes(document).length === 3)
    const hints = vscode.languages.getDiagnostics(document.uri)
    assert.ok(hints.every(({ severity }) => severity === vscode.DiagnosticSeverity.Hint))
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      new vscode.Range(3, 4, 3, 4),
    )
    const titles = actions.map(({ title }) => title)
    assert.ok(titles.includes('Modernise: "word.sample"'), titles.join())
    const all = actions.find(({ title }) => title.startsWith('Modernise all 3 '))
    assert.ok(all?.edit, titles.join())
    await vscode.workspace.applyEdit(all.edit)
    assert.equal(
      document.getText(),
      'PRODUCER\ntopic: a\nkey: {{string.uuid}}\n{{word.sample}} {{person.fullName}}\n',
    )
    await until('no hints', () => codes(document).length === 0)
  })

  it('leaves templates of other tools alone where generated data is switched off', async () => {
    const document = await show('PRODUCER\ntopic: a\n{{user.name}} {{random.uuid}}\n')
    await until('problems', () => codes(document).length === 2)
    assert.deepEqual(codes(document), ['K301', 'modernise'])
    const faker = vscode.workspace.getConfiguration('kafkaWorkbench.producers.faker')
    await faker.update('enabled', false, vscode.ConfigurationTarget.Workspace)
    try {
      await until('no problem', () => codes(document).length === 0)
    } finally {
      await faker.update('enabled', undefined, vscode.ConfigurationTarget.Workspace)
    }
    await until('problems again', () => codes(document).length === 2)
  })

  it('checks conditions, follows names and renames them', async () => {
    const text =
      '@order = 1\nPRODUCER sent\ntopic: a\n{{order}}\n###\nEXPECT\ntopic: a\nmatch: key == "{{order}}" &&\n'
    const document = await show(text)
    await until('the condition is checked', () => codes(document).includes('K320'))
    const at = new vscode.Position(3, 3)
    const [place] = await vscode.commands.executeCommand<vscode.Location[]>(
      'vscode.executeDefinitionProvider',
      document.uri,
      at,
    )
    assert.equal(place?.range.start.line, 0)
    const places = await vscode.commands.executeCommand<vscode.Location[]>(
      'vscode.executeReferenceProvider',
      document.uri,
      at,
    )
    assert.deepEqual(places.map(({ range }) => range.start.line).sort(), [0, 3, 7])
    const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>(
      'vscode.executeDocumentRenameProvider',
      document.uri,
      at,
      'orderId',
    )
    await vscode.workspace.applyEdit(edit)
    assert.equal(
      document.getText(),
      text.replace('@order', '@orderId').replaceAll('{{order}}', '{{orderId}}'),
    )
  })

  it('formats JSON when it is asked to, and templates stay as they are', async () => {
    const document = await show('PRODUCER\ntopic: a\n{"a":{{number.int}},"b":[]}\n')
    const editor = vscode.window.activeTextEditor
    assert.ok(editor)
    editor.selection = new vscode.Selection(2, 0, 2, 0)
    await vscode.commands.executeCommand('kafkaWorkbench.formatJsonOfBlock')
    await until(
      'the JSON is formatted',
      () => document.getText() === 'PRODUCER\ntopic: a\n{\n  "a": {{number.int}},\n  "b": []\n}\n',
    )
  })
})

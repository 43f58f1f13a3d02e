import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import type { Internals } from '../../src/vscode/extension.ts'
import { clearClusters, givenBroker, internals, until, writeClusters } from './extension.ts'

/** Unlike those of other suites on the same broker. */
const TOPIC = `testing-${Date.now()}`

describe('tests of .kafka files', () => {
  let parts: Internals

  before(async () => {
    parts = await internals()
  })
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors')
    await clearClusters()
    await until('no clusters', () => parts.clusters.all.length === 0)
  })

  async function show(content: string): Promise<vscode.TextEditor> {
    const document = await vscode.workspace.openTextDocument({ language: 'kafka', content })
    return vscode.window.showTextDocument(document)
  }

  function fileItem({ uri }: vscode.TextDocument): vscode.TestItem | undefined {
    return parts.testing.controller.items.get(uri.toString())
  }

  function shown(document: vscode.TextDocument): string[] {
    const children = Array.from(fileItem(document)?.children ?? [], ([, child]) => child)
    return children.map(({ label, range, description, tags }) =>
      [range?.start.line, label, ...tags.map(({ id }) => `@${id}`), description ?? '']
        .filter(word => word !== '')
        .join(' '),
    )
  }

  it('are the EXPECTs of what is open, and follow its text', async () => {
    const editor = await show(
      'PRODUCER\ntopic: a\nv\n###\nEXPECT one\n-- @tag x\n-- @skip not yet\ntopic: a\n',
    )
    const { document } = editor
    await until('a test', () => fileItem(document))
    assert.deepEqual(shown(document), ['4 one @x skipped: not yet'])
    const one = fileItem(document)?.children.get('one')
    await editor.edit(edit => {
      edit.insert(new vscode.Position(0, 0), 'EXPECT first\ntopic: a\n###\n')
    })
    await until('two tests', () => shown(document).length === 2)
    assert.deepEqual(shown(document), ['0 first', '7 one @x skipped: not yet'])
    assert.equal(fileItem(document)?.children.get('one'), one, 'it keeps what became of it')
    await editor.edit(edit => {
      edit.delete(new vscode.Range(0, 0, document.lineCount, 0))
    })
    await until('no test', () => !fileItem(document))
  })

  it('are found in the workspace when they are asked for, and after a change on disk', async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? []
    assert.ok(folder)
    const uri = vscode.Uri.joinPath(folder.uri, 'found-on-disk.kafka')
    const item = () => parts.testing.controller.items.get(uri.toString())
    const write = (text: string) => vscode.workspace.fs.writeFile(uri, Buffer.from(text))
    await write('EXPECT one\ntopic: a\n')
    try {
      await parts.testing.controller.resolveHandler?.(undefined)
      assert.equal(item()?.children.size, 1)
      assert.equal(item()?.label, 'found-on-disk.kafka')
      await write('EXPECT one\ntopic: a\n###\nEXPECT two\ntopic: a\n')
      await until('two tests', () => item()?.children.size === 2)
    } finally {
      await vscode.workspace.fs.delete(uri)
    }
    await until('no tests', () => !item())
  })

  it('run by a profile that runs again on saving only if it is asked to', () => {
    const { profile } = parts.testing
    assert.equal(profile.isDefault, true)
    assert.equal(profile.supportsContinuousRun, true)
    assert.equal(profile.kind, vscode.TestRunProfileKind.Run)
  })

  describe('against a broker', () => {
    before(function () {
      if (givenBroker() === undefined) this.skip()
    })

    /** Two that pass and one that cannot, after a record that they all see. */
    const TEXT = `TOPIC
topic: ${TOPIC}
###
PRODUCER
topic: ${TOPIC}
key: {{$run}}
{"status": "REJECTED"}
###
EXPECT sent
topic: ${TOPIC}
key: {{$run}}
within: 10s
###
EXPECT priced
topic: ${TOPIC}
key: {{$run}}
within: 1s
{"status": "PRICED"}
###
EXPECT later
-- @skip not yet
topic: ${TOPIC}
`

    it('pass, fail with what differs at their line, and are left out', async () => {
      await writeClusters([{ id: 'k', name: 'The Cluster', bootstrapServers: [givenBroker()] }])
      await until('the cluster', () => parts.clusters.all[0])
      await parts.clusters.select(parts.clusters.all[0]?.id)
      const { document } = await show(TEXT)
      const file = await until('the tests', () => fileItem(document))
      const told = recorder()
      await parts.testing.run([file], told.voice)
      assert.deepEqual(told.said, [
        'started sent',
        'passed sent',
        'started priced',
        'failed priced',
        'skipped later',
      ])
      const [message] = told.messages
      assert.match(textOf(message), /EXPECT priced — no matching record within 1s/)
      assert.equal(message?.expectedOutput, '"PRICED"')
      assert.equal(message.actualOutput, '"REJECTED"')
      assert.equal(message.location?.range.start.line, 13)
      assert.match(told.output(), /✓ EXPECT sent .* ms\r\n/)
    })

    it('run with all that stands above them, and nothing below', async () => {
      await writeClusters([{ id: 'k', name: 'The Cluster', bootstrapServers: [givenBroker()] }])
      await until('the cluster', () => parts.clusters.all[0])
      await parts.clusters.select(parts.clusters.all[0]?.id)
      const { document } = await show(TEXT)
      const file = await until('the tests', () => fileItem(document))
      const sent = file.children.get('sent')
      assert.ok(sent)
      const told = recorder()
      await parts.testing.run([sent], told.voice)
      assert.deepEqual(told.said, ['started sent', 'passed sent'])
    })

    it('run from the Testing view, and are stopped by it', async () => {
      await writeClusters([{ id: 'k', name: 'The Cluster', bootstrapServers: [givenBroker()] }])
      await until('the cluster', () => parts.clusters.all[0])
      await parts.clusters.select(parts.clusters.all[0]?.id)
      const [folder] = vscode.workspace.workspaceFolders ?? []
      assert.ok(folder)
      const uri = vscode.Uri.joinPath(folder.uri, 'stopped.kafka')
      const text = TEXT.replace('within: 1s', 'within: 1h')
      await vscode.workspace.fs.writeFile(uri, Buffer.from(text))
      try {
        const document = await vscode.workspace.openTextDocument(uri)
        await vscode.window.showTextDocument(document)
        await until('the tests', () => fileItem(document))
        const { runs } = parts.runs
        let running: Thenable<void> | undefined
        await until('the second EXPECT', () => {
          // The view learns of tests a moment after they are there, and has none to run till then.
          running ??= vscode.commands.executeCommand('testing.runCurrentFile').then(() => {
            running = undefined
          })
          return runs.active.some(({ ended }) => ended === 3)
        })
        await vscode.commands.executeCommand('testing.cancelRun')
        await running
        await until('the end', () => runs.active.length === 0)
      } finally {
        await vscode.commands.executeCommand('workbench.action.closeAllEditors')
        await vscode.workspace.fs.delete(uri)
      }
    })

    it('run again on saving until nobody wants it any more', async () => {
      const [folder] = vscode.workspace.workspaceFolders ?? []
      assert.ok(folder)
      const uri = vscode.Uri.joinPath(folder.uri, 'saved.kafka')
      await vscode.workspace.fs.writeFile(uri, Buffer.from('EXPECT x\ntopic: a\nwithin: 1h\n'))
      const cancelling = new vscode.CancellationTokenSource()
      try {
        const document = await vscode.workspace.openTextDocument(uri)
        const editor = await vscode.window.showTextDocument(document)
        const file = await until('the tests', () => fileItem(document))
        const { profile } = parts.testing
        const request = new vscode.TestRunRequest([file], undefined, profile, true)
        await profile.runHandler(request, cancelling.token)
        let times = 0
        const counting = parts.runs.runs.onDidChange(() => {
          if (parts.runs.runs.active.length === 0) times++
        })
        const save = async () => {
          await editor.edit(edit => {
            edit.insert(new vscode.Position(0, 0), '-- again\n')
          })
          await document.save()
        }
        await save()
        await until('a run', () => times === 1)
        await save()
        await until('another run', () => times === 2)
        counting.dispose()
      } finally {
        cancelling.cancel()
        await vscode.commands.executeCommand('workbench.action.closeAllEditors')
        await vscode.workspace.fs.delete(uri)
      }
    })

    it('say why nothing runs', async () => {
      const { document } = await show('EXPECT x\ntopic: a\nwithin: 1s\n')
      const file = await until('the tests', () => fileItem(document))
      const told = recorder()
      await parts.testing.run([file], told.voice)
      assert.deepEqual(told.said, ['errored x'])
      assert.match(textOf(told.messages[0]), /No cluster is selected/)
    })
  })
})

function textOf(told: vscode.TestMessage | undefined): string {
  const message = told?.message ?? ''
  return typeof message === 'string' ? message : message.value
}

function recorder() {
  const said: string[] = []
  const messages: vscode.TestMessage[] = []
  const output: string[] = []
  const note = (word: string) => (test: vscode.TestItem) => {
    said.push(`${word} ${test.label}`)
  }
  const noteWith =
    (word: string) =>
    (test: vscode.TestItem, told: vscode.TestMessage | readonly vscode.TestMessage[]) => {
      note(word)(test)
      messages.push(...[told].flat())
    }
  const voice = {
    enqueued: () => undefined,
    started: note('started'),
    passed: note('passed'),
    skipped: note('skipped'),
    failed: noteWith('failed'),
    errored: noteWith('errored'),
    appendOutput: (text: string) => void output.push(text),
  }
  return { voice, said, messages, output: () => output.join('') }
}

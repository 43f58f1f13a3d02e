import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import type { Internals } from '../../src/vscode/extension.ts'
import { inlineResult } from '../../src/vscode/run/resultText.ts'
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

  it('follow their file to another name, and leave out what the settings leave out', async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? []
    assert.ok(folder)
    const at = (path: string) => vscode.Uri.joinPath(folder.uri, path)
    const item = (path: string) => parts.testing.controller.items.get(at(path).toString())
    const write = (path: string) =>
      vscode.workspace.fs.writeFile(at(path), Buffer.from('EXPECT one\ntopic: a\n'))
    const files = vscode.workspace.getConfiguration('files')
    await files.update('exclude', { '**/left-out': true })
    try {
      await write('moved/left-out/a.kafka')
      await write('moved/node_modules/b.kafka')
      await write('moved/before.kafka')
      await parts.testing.controller.resolveHandler?.(undefined)
      assert.ok(item('moved/before.kafka'))
      await write('moved/left-out/c.kafka')
      await write('moved/node_modules/d.kafka')
      const renaming = new vscode.WorkspaceEdit()
      renaming.renameFile(at('moved/before.kafka'), at('moved/[after].kafka'))
      await vscode.workspace.applyEdit(renaming)
      await until('the new name', () => item('moved/[after].kafka'))
      await until('the old one gone', () => !item('moved/before.kafka'))
      for (const path of ['left-out/a', 'left-out/c', 'node_modules/b', 'node_modules/d'])
        assert.equal(item(`moved/${path}.kafka`), undefined, path)
    } finally {
      await files.update('exclude', undefined)
      const deleting = new vscode.WorkspaceEdit()
      deleting.deleteFile(at('moved'), { recursive: true })
      await vscode.workspace.applyEdit(deleting)
    }
    await until('no tests', () => !item('moved/[after].kafka'))
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
{"status": "PRICED", "invoice": "#present"}
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
      assert.match(textOf(message), /^EXPECT priced — no matching record within 1s/)
      assert.equal(message?.expectedOutput, 'status: "PRICED"\ninvoice: present')
      assert.equal(message.actualOutput, 'status: "REJECTED"\ninvoice: absent')
      assert.equal(message.location?.range.start.line, 13)
      assert.match(told.output(), /✓ EXPECT sent .* ms\r\n/)
    })

    it('tell what a CONSUMER among them prints, and open no other output', async () => {
      await writeClusters([{ id: 'k', name: 'The Cluster', bootstrapServers: [givenBroker()] }])
      await until('the cluster', () => parts.clusters.all[0])
      await parts.clusters.select(parts.clusters.all[0]?.id)
      const { document } = await show(
        `PRODUCER\ntopic: ${TOPIC}\nkey: {{$run}}\nx\n###\nCONSUMER\ntopic: ${TOPIC}\nfrom: earliest\nlimit: 1\noutput: jsonl\n###\nEXPECT last\ntopic: ${TOPIC}\nkey: {{$run}}\n`,
      )
      const file = await until('the tests', () => fileItem(document))
      const created: string[] = []
      const create = Reflect.get(vscode.window, 'createOutputChannel') as unknown
      Reflect.set(vscode.window, 'createOutputChannel', (name: string) => {
        created.push(name)
      })
      const told = recorder()
      try {
        await parts.testing.run([file], told.voice)
      } finally {
        Reflect.set(vscode.window, 'createOutputChannel', create)
      }
      assert.deepEqual(told.said, ['started last', 'passed last'])
      assert.match(told.output(), /^\{"topic":.*\}\r$/m)
      assert.deepEqual(created, [])
    })

    it('leave to the Testing view what goes wrong, and show the rest beside the blocks', async () => {
      await writeClusters([{ id: 'k', name: 'The Cluster', bootstrapServers: [givenBroker()] }])
      await until('the cluster', () => parts.clusters.all[0])
      await parts.clusters.select(parts.clusters.all[0]?.id)
      const { document } = await show(TEXT)
      const file = await until('the tests', () => fileItem(document))
      await parts.testing.run([file], recorder().voice)
      const beside = parts.runs.states.blocks(document).map(({ state }) => inlineResult(state))
      const [, , sent, priced] = beside
      assert.match(sent?.text ?? '', /^✓ /)
      assert.match(priced?.details ?? '', /EXPECT priced — no matching record/)
      assert.equal(priced?.text, '')
    })

    it('fail with what is wrong in their file, at its lines', async () => {
      const { document } = await show(
        'PRODUCER p\nkey: a\nx\n###\nEXPECT one\ntopic: a\nwithin: 600\n\nEXPECT two\ntopic: a\n',
      )
      const file = await until('the tests', () => fileItem(document))
      const told = recorder()
      await parts.testing.run([file], told.voice)
      assert.deepEqual(told.said.slice(1), ['errored one', 'skipped two'])
      assert.equal(told.said[0], `errored ${file.label}`)
      const said = told.messages.map(message => [
        message.location?.range.start.line,
        textOf(message).replace(/^.* — /, ''),
      ])
      const above = [0, 'The producer needs a "topic:".\n  Line 1']
      const own = [4, '"600" needs a unit: 600ms, 600s, 600m.\n  Line 7']
      assert.deepEqual(said, [above, own, above])
    })

    it('run again when they failed, from the Testing view', async () => {
      await writeClusters([{ id: 'k', name: 'The Cluster', bootstrapServers: [givenBroker()] }])
      await until('the cluster', () => parts.clusters.all[0])
      await parts.clusters.select(parts.clusters.all[0]?.id)
      const [folder] = vscode.workspace.workspaceFolders ?? []
      assert.ok(folder)
      const uri = vscode.Uri.joinPath(folder.uri, 'again.kafka')
      const last = `EXPECT last\ntopic: ${TOPIC}\nkey: {{$run}}\n`
      await vscode.workspace.fs.writeFile(uri, Buffer.from(`${TEXT}###\n${last}`))
      const runs: number[] = []
      let ended = 0
      const counting = parts.runs.runs.onDidChange(() => {
        const [run] = parts.runs.runs.active
        if (!run && ended > 0) runs.push(ended)
        ended = run?.ended ?? 0
      })
      try {
        await vscode.window.showTextDocument(uri)
        await until('a run of all six', async () => {
          await vscode.commands.executeCommand('testing.runCurrentFile')
          return runs[0] === 6
        })
        await vscode.commands.executeCommand('testing.reRunFailTests')
        await until('a run down to the one that failed', () => runs.at(-1) === 4)
      } finally {
        counting.dispose()
        await vscode.commands.executeCommand('workbench.action.closeAllEditors')
        await vscode.workspace.fs.delete(uri)
      }
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

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import * as vscode from 'vscode'
import { until } from './extension.ts'
import { kafkaFolder, statuses } from './kafkaFolder.ts'
import { person } from './person.ts'

describe('a run of a .kafka document that is edited, moved and stopped', () => {
  const { topic, parts, uri, write, show, results, state, shown, lenses, written } =
    kafkaFolder('following-suite')
  const FILE = { kind: 'file', blocks: [] } as const
  const EXPECT = `EXPECT waits\ntopic: ${topic}\nwithin: 1h\nkey: never\n`
  const OTHER = `EXPECT other\ntopic: ${topic}\nkey: never\n`

  const runAt = (document: vscode.TextDocument, line: number) =>
    vscode.commands.executeCommand('kafkaWorkbench.runBlock', {
      uri: document.uri.toString(),
      line,
    })
  const isRunning = (document: vscode.TextDocument, block = 0) =>
    until(`block ${block} runs`, () => state(document, block)?.kind === 'running')
  const own = (lens: string) => !lens.endsWith('The Cluster') && !/Run (file|from)/.test(lens)

  /** Stops by the lens on a line what would go on for hours. */
  async function stopAt(document: vscode.TextDocument, line: number, ended: Thenable<unknown>) {
    await runAt(document, line)
    await ended
  }

  it('has its Stop on the block, wherever edits above and inside move it', async () => {
    const editor = await show('edited.kafka', `${OTHER}\n${EXPECT}`)
    const { document } = editor
    const ended = runAt(document, 4)
    await isRunning(document, 1)
    assert.deepEqual((await lenses(document)).filter(own), ['0 $(run) Run', '4 $(debug-stop) Stop'])
    await editor.edit(edit => {
      edit.insert(new vscode.Position(0, 0), 'EXPECT zeroth\ntopic: a\n\n')
      edit.insert(new vscode.Position(5, 0), '-- inside\n')
      edit.replace(new vscode.Range(4, 7, 4, 12), 'waits-on')
    })
    assert.deepEqual((await lenses(document)).filter(own), [
      '0 $(run) Run',
      '3 $(run) Run',
      '7 $(debug-stop) Stop',
    ])
    await stopAt(document, 7, ended)
    assert.equal(shown(document, 2)?.text, 'stopped')
    assert.deepEqual(parts().runs.runs.active, [])
  })

  it('goes on where its block is cut, is no other block, and is shown again on undo', async () => {
    const editor = await show('cut.kafka', `${EXPECT}\n${OTHER}`)
    const { document } = editor
    const ended = runAt(document, 0)
    await isRunning(document)
    await editor.edit(edit => {
      edit.delete(new vscode.Range(0, 0, 5, 0))
    })
    assert.deepEqual((await lenses(document)).filter(own), ['0 $(run) Run'])
    assert.equal(parts().runs.runs.active.length, 1, 'the status bar has it')
    await vscode.commands.executeCommand('undo')
    assert.deepEqual((await lenses(document)).filter(own), ['0 $(debug-stop) Stop', '5 $(run) Run'])
    await stopAt(document, 0, ended)
  })

  it('is stopped by the command of the status bar when its block is gone', async () => {
    const editor = await show('gone.kafka', EXPECT)
    const ended = runAt(editor.document, 0)
    await isRunning(editor.document)
    await editor.edit(edit => {
      edit.delete(new vscode.Range(0, 0, 9, 0))
    })
    await vscode.commands.executeCommand('kafkaWorkbench.stopRuns')
    await ended
    assert.deepEqual(parts().runs.runs.active, [])
  })

  it('follows its file to another name', async () => {
    const { document: before } = await show('before.kafka', EXPECT)
    const ended = runAt(before, 0)
    await isRunning(before)
    const edit = new vscode.WorkspaceEdit()
    edit.renameFile(before.uri, uri('after.kafka'))
    await vscode.workspace.applyEdit(edit)
    const document = await vscode.workspace.openTextDocument(uri('after.kafka'))
    await until('the state', () => state(document, 0)?.kind === 'running')
    await stopAt(document, 0, ended)
    assert.equal(shown(document, 0)?.text, 'stopped')
  })

  it('goes on when its file is closed, and is shown when it is opened again', async () => {
    const { document } = await show('closed.kafka', EXPECT)
    const ended = runAt(document, 0)
    await isRunning(document)
    await vscode.commands.executeCommand('workbench.action.closeAllEditors')
    const again = await vscode.window.showTextDocument(document.uri)
    assert.deepEqual((await lenses(again.document)).filter(own), ['0 $(debug-stop) Stop'])
    await stopAt(again.document, 0, ended)
  })

  it('sends one record every 999 hours, and stops at once', async () => {
    const { document } = await show('every.kafka', `PRODUCER\ntopic: ${topic}\nevery: 999h\nx\n`)
    const before = await written()
    const ended = runAt(document, 0)
    await until('a record', () => {
      const now = state(document, 0)
      return now?.kind === 'scheduled' && now.sent === 1
    })
    assert.deepEqual((await lenses(document)).filter(own), [
      '0 $(debug-stop) Stop scheduled producer (every 999h)',
    ])
    await stopAt(document, 0, ended)
    assert.equal(await written(), before + 1)
    assert.equal(shown(document, 0)?.text, 'stopped after 1 record')
  })

  it('runs the text that is seen, not the one that is saved', async () => {
    const editor = await show('unsaved.kafka', `PRODUCER\ntopic: ${topic}\n{{nowhere}}\n`)
    await editor.edit(edit => {
      edit.replace(new vscode.Range(2, 0, 2, 11), 'seen')
    })
    assert.equal(editor.document.isDirty, true)
    assert.deepEqual(statuses(await results(editor.document, FILE)), ['0 passed'])
    await vscode.commands.executeCommand('workbench.action.files.revert')
  })

  it('runs a document that has no file, which has no environment and reads no file', async () => {
    await write('kafka.env.json', JSON.stringify({ $shared: { who: 'all' } }))
    const untitled = async (content: string) =>
      vscode.workspace.openTextDocument({ language: 'kafka', content })
    const plain = await untitled(`PRODUCER\ntopic: ${topic}\nkey: a\n{{$uuid}}\n`)
    assert.deepEqual(statuses(await results(plain, FILE)), ['0 passed'])
    const named = await untitled(`PRODUCER\ntopic: ${topic}\n{{who}}\n`)
    assert.equal((await results(named, FILE))[0]?.problem?.code, 'K301')
    const reading = await untitled(`PRODUCER\ntopic: ${topic}\nvalue-from: file(kafka.env.json)\n`)
    assert.equal((await results(reading, FILE))[0]?.problem?.code, 'outside-workspace')
    await vscode.workspace.fs.delete(uri('kafka.env.json'))
  })

  it('sends nothing at all where a name is not defined, wherever it stands', async () => {
    const sender = `PRODUCER\ntopic: ${topic}\nx\n###\n`
    const places = [
      `PRODUCER\ntopic: {{nope}}\nx\n###\n`,
      `PRODUCER\ntopic: ${topic}\nkey: {{nope}}\nx\n###\n`,
      `PRODUCER\ntopic: ${topic}\nheader: h = {{nope}}\nx\n###\n`,
      `PRODUCER\ntopic: ${topic}\nrecord-partition: {{nope}}\nx\n###\n`,
      `PRODUCER\ntopic: ${topic}\n{"a": {{nope}}}\n###\n`,
      `DEFAULTS\nkey: {{nope}}\n\nPRODUCER\ntopic: ${topic}\nx\n###\n`,
      `@x = {{nope}}\nPRODUCER\ntopic: ${topic}\n{{x}}\n###\n`,
      `EXPECT\ntopic: ${topic}\nmatch: key == "{{nope}}"\n\n`,
      `EXPECT\ntopic: ${topic}\n{"a": "{{nope}}"}\n\n###\n`,
      `EXPECT GROUP {{nope}}\ntopic: ${topic}\nassert: lag == 0\n\n`,
      `TOPIC\ntopic: {{nope}}\n\n`,
      `CONSUMER\ntopic: ${topic}\nto: now\nfilter: key == "{{nope}}"\n\n`,
      `PRODUCER\ntopic: ${topic}\n{{late.offset}}\n###\n`,
    ]
    const before = await written()
    for (const place of places) {
      const content = `${sender}${place}${sender}`
      const document = await vscode.workspace.openTextDocument({ language: 'kafka', content })
      const ended = await results(document, FILE)
      assert.ok(
        ended.some(({ status }) => status === 'refused') &&
          ended.every(({ status }) => status === 'refused' || status === 'skipped'),
        `${place}\n${statuses(ended).join('\n')}`,
      )
    }
    assert.equal(await written(), before)
  })

  it('gives blocks what DEFAULTS say, and waits for a group', async () => {
    const group = `${topic}-group`
    const cluster = await parts().clusters.connect(parts().clusters.selected?.id ?? '')
    const { document } = await show(
      'group.kafka',
      `DEFAULTS\ntopic: ${topic}\nwithin: 10s\n\nPRODUCER\nkey: grouped\nx\n###\nEXPECT\nkey: grouped\n\nEXPECT GROUP ${group}\nassert: lag == 0\n`,
    )
    const joined = new AbortController()
    const reading = (async () => {
      const request = { topic, groupId: group, fallback: 'earliest' } as const
      const updates: unknown[] = []
      for await (const update of cluster.join(request, joined)) updates.push(update)
    })()
    try {
      const ended = await results(document, FILE)
      assert.deepEqual(statuses(ended), ['1 passed', '2 passed', '3 passed'])
      assert.match(shown(document, 3)?.text ?? '', /^✓ .*lag 0/)
    } finally {
      joined.abort()
      await reading.catch(() => undefined)
    }
  })

  it('says at the block and in a message that the broker is gone', async () => {
    await parts().clusters.select(parts().clusters.find('Gone')?.id)
    const { document } = await show('gone-broker.kafka', `${EXPECT}\n${OTHER}`)
    const somebody = person()
    try {
      await vscode.commands.executeCommand('kafkaWorkbench.runFile')
    } finally {
      somebody.leave()
    }
    assert.match(shown(document, 0)?.text ?? '', /^✗ .*127\.0\.0\.1:1/)
    assert.match(shown(document, 1)?.text ?? '', /^✗ .*127\.0\.0\.1:1/)
    assert.equal(somebody.messages.length, 1)
    assert.match(somebody.messages[0] ?? '', /127\.0\.0\.1:1/)
  })

  describe('while its cluster does not answer', () => {
    /** Takes connections, and never says a word. */
    const server = createServer()
    const open = new Set<Socket>()
    server.on('connection', socket => void open.add(socket.on('error', () => undefined)))

    before(async () => {
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
    })
    after(() => {
      for (const socket of open) socket.destroy()
      server.close()
    })

    async function showSilent(name: string): Promise<vscode.TextDocument> {
      const { clusters } = parts()
      const address = server.address()
      assert.ok(address !== null && typeof address === 'object')
      const { scope = 'user' } = clusters.all[0] ?? {}
      const bootstrapServers = [`127.0.0.1:${address.port}`]
      await clusters.save({ id: 'silent', name: 'Silent', scope, bootstrapServers })
      await until('the cluster', () => clusters.find('Silent'))
      await clusters.select(clusters.find('Silent')?.id)
      const { document } = await show(name, `PRODUCER\ntopic: ${topic}\nx\n###\n${OTHER}`)
      return document
    }

    it('shows so, and ends with the Cancel that it offers', async () => {
      const document = await showSilent('cancelled.kafka')
      const somebody = person({ cancel: title => title === 'Connecting to Silent' })
      try {
        await vscode.commands.executeCommand('kafkaWorkbench.runFile')
      } finally {
        somebody.leave()
      }
      assert.deepEqual(somebody.progresses, ['Connecting to Silent'])
      assert.deepEqual(
        [shown(document, 0)?.text, shown(document, 1)?.text],
        ['stopped after 0 records', 'stopped'],
      )
      assert.deepEqual(somebody.messages, [], 'who cancels needs to be told nothing')
    })

    it('ends with the Stop of its block', async () => {
      const document = await showSilent('stopped.kafka')
      const ended = runAt(document, 0)
      await until('it connects', () => state(document, 0)?.kind === 'connecting')
      assert.ok((await lenses(document)).includes('0 $(sync~spin) Connecting...'))
      await stopAt(document, 0, ended)
      assert.equal(shown(document, 0)?.text, 'stopped after 0 records')
    })
  })

  it('starts a new session with another cluster', async () => {
    const { document } = await show(
      'cluster.kafka',
      `PRODUCER p\ntopic: ${topic}\nx\n###\nEXPECT\ntopic: ${topic}\nmatch: offset == {{p.offset}}\n`,
    )
    const run = (block: number) => results(document, { kind: 'block', blocks: [block] })
    assert.deepEqual(
      [...statuses(await run(0)), ...statuses(await run(1))],
      ['0 passed', '1 passed'],
    )
    await parts().clusters.select(parts().clusters.find('prod')?.id)
    assert.equal((await run(1))[0]?.problem?.code, 'K304')
  })
})

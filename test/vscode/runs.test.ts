import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as vscode from 'vscode'
import type { RunEvent } from '../../src/run/events.ts'
import { createFileSecrets } from '../../src/vscode/environments/fileSecrets.ts'
import { addTo, wouldBeTaken } from '../../src/vscode/environments/ignorePrivate.ts'
import { fileOf } from '../../src/vscode/language/kafkaDocument.ts'
import { until } from './extension.ts'
import { kafkaFolder, statuses } from './kafkaFolder.ts'

describe('runs of a .kafka document', () => {
  const { topic: TOPIC, parts, uri, write, show, results, shown } = kafkaFolder('runs-suite')

  const ROUND_TRIP = [
    '@id = {{$uuid}}',
    'PRODUCER order',
    `topic: ${TOPIC}`,
    'key: {{id}}',
    '{ "id": "{{id}}", "qty": 2 }',
    '###',
    'EXPECT placed',
    `topic: ${TOPIC}`,
    'within: 10s',
    'key: {{id}}',
    'capture: qty = value.qty',
    '{ "id": "{{id}}", "qty": "#number" }',
    '###',
    'PRODUCER again',
    `topic: ${TOPIC}`,
    'key: {{id}}',
    '{ "from": "{{order.partition}}", "qty": {{qty}} }',
    '',
  ].join('\n')

  it('produces and expects, and shows both beside the blocks', async () => {
    const { document } = await show('trip.kafka', ROUND_TRIP)
    await vscode.commands.executeCommand('kafkaWorkbench.runFile')
    assert.match(shown(document, 0)?.text ?? '', /^✓ partition \d · offset \d+ · \d+\u00a0ms$/)
    assert.match(shown(document, 1)?.text ?? '', /^✓ partition \d · offset \d+ · .*\d+ m?s$/)
    assert.match(shown(document, 1)?.details ?? '', /qty = 2/)
    assert.match(shown(document, 2)?.text ?? '', /^✓ partition \d/)
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      new vscode.Position(16, '{ "from": "{{order.partition}}", "qty": {{q'.length),
    )
    const [text] = hovers.flatMap(({ contents }) => contents)
    assert.match(text instanceof vscode.MarkdownString ? text.value : '', /`qty` = `2`/)
  })

  it('goes on with the session of the file when blocks are run one by one', async () => {
    const { document } = await show('single.kafka', ROUND_TRIP)
    for (const block of [0, 1, 2])
      assert.deepEqual(statuses(await results(document, { kind: 'block', blocks: [block] })), [
        `${block} passed`,
      ])
    parts().runs.runs.forget(document)
    const [alone] = await results(document, { kind: 'block', blocks: [2] })
    assert.equal(alone?.status, 'refused')
    assert.equal(alone.problem?.code, 'K304')
  })

  it('runs from a block on, and what was skipped on purpose only alone', async () => {
    const { document } = await show(
      'here.kafka',
      `PRODUCER\ntopic: ${TOPIC}\na\n###\nPRODUCER\n-- @skip not now\ntopic: ${TOPIC}\nb\n###\nPRODUCER\ntopic: ${TOPIC}\nc\n`,
    )
    assert.deepEqual(statuses(await results(document, { kind: 'fromHere', blocks: [1] })), [
      '1 skipped not now',
      '2 passed',
    ])
    assert.deepEqual(statuses(await results(document, { kind: 'block', blocks: [1] })), [
      '1 passed',
    ])
  })

  it('tells why an EXPECT failed, in a line and as a whole', async () => {
    const { document } = await show(
      'fails.kafka',
      `PRODUCER\ntopic: ${TOPIC}\nkey: k\n{"status":"NEW"}\n###\nEXPECT priced\ntopic: ${TOPIC}\nwithin: 2s\n{"status":"PRICED"}\n`,
    )
    await vscode.commands.executeCommand('kafkaWorkbench.runFile')
    assert.deepEqual(shown(document, 1)?.tone, 'bad')
    assert.equal(
      shown(document, 1)?.text,
      '✗ no matching record within 2s · closest: status expected "PRICED" got "NEW"',
    )
    const details = shown(document, 1)?.details ?? ''
    assert.match(details, /fails\.kafka:6:1 {2}EXPECT priced — no matching record within 2s/)
    assert.match(details, /closest: partition \d offset \d+, key k/)
    assert.match(details, /status +expected "PRICED" +got "NEW"/)
  })

  it('stops, and keeps the state with the block while the text changes', async () => {
    const editor = await show(
      'stop.kafka',
      `EXPECT\ntopic: ${TOPIC}\nwithin: 60s\nkey: never\n###\nEXPECT\ntopic: ${TOPIC}\nkey: never\n`,
    )
    const { document } = editor
    const ended = vscode.commands.executeCommand('kafkaWorkbench.runFile')
    const state = () => {
      const block = fileOf(document).blocks[0]
      return block && parts().runs.states.state(document, block)
    }
    await until('running', () => state()?.kind === 'running')
    await editor.edit(edit => edit.insert(new vscode.Position(0, 0), '-- first\n\n'))
    assert.equal(state()?.kind, 'running')
    assert.equal(parts().runs.runs.active.length, 1)
    await vscode.commands.executeCommand('kafkaWorkbench.stopBlock', {
      uri: document.uri.toString(),
      line: 2,
    })
    await ended
    assert.deepEqual([shown(document, 0)?.text, shown(document, 1)?.text], ['stopped', 'stopped'])
    assert.deepEqual(parts().runs.runs.active, [])
  })

  it('lets nothing run when the one who asked goes away', async () => {
    const { document } = await show('away.kafka', `EXPECT\ntopic: ${TOPIC}\nwithin: 60s\nkey: n\n`)
    const seen: RunEvent['kind'][] = []
    for await (const event of parts().runs.runs.run(document, { kind: 'file', blocks: [] })) {
      seen.push(event.kind)
      if (event.kind === 'block-started') break
    }
    assert.deepEqual(seen, ['run-started', 'block-started'])
    assert.deepEqual(parts().runs.runs.active, [])
    assert.equal(shown(document, 0)?.text, 'stopped after 0 records')
  })

  it('is stopped by its token', async () => {
    const { document } = await show('token.kafka', `EXPECT\ntopic: ${TOPIC}\nwithin: 60s\nkey: n\n`)
    const source = new vscode.CancellationTokenSource()
    const ended: string[] = []
    const what = { kind: 'file', blocks: [] } as const
    for await (const event of parts().runs.runs.run(document, what, {}, source.token)) {
      if (event.kind === 'block-started') source.cancel()
      if (event.kind === 'block-ended') ended.push(event.result.status)
    }
    source.dispose()
    assert.deepEqual(ended, ['stopped'])
  })

  it('starts a new session with another environment, and goes where it says', async () => {
    await write(
      'kafka.env.json',
      JSON.stringify({
        $shared: { who: 'all' },
        local: { cluster: 'The Cluster', who: 'local' },
        broken: { cluster: 'Nowhere' },
      }),
    )
    const { document } = await show(
      'environment.kafka',
      `PRODUCER p\ntopic: ${TOPIC}\n{{who}}\n###\nEXPECT\ntopic: ${TOPIC}\nmatch: value == "{{who}}"\nassert: offset == {{p.offset}}\n`,
    )
    const run = async (block: number) =>
      statuses(await results(document, { kind: 'block', blocks: [block] }))
    assert.deepEqual([await run(0), await run(1)], [['0 passed'], ['1 passed']])
    await vscode.commands.executeCommand('kafkaWorkbench.selectEnvironment', 'local')
    const [other] = await results(document, { kind: 'block', blocks: [1] })
    assert.equal(other?.problem?.code, 'K304')
    assert.deepEqual([await run(0), await run(1)], [['0 passed'], ['1 passed']])
    await vscode.commands.executeCommand('kafkaWorkbench.selectEnvironment', 'broken')
    assert.match((await run(0)).join(), /None of the saved clusters is named "Nowhere"/)
    await vscode.commands.executeCommand('kafkaWorkbench.selectEnvironment', 'no-more')
    assert.match((await run(0)).join(), /There is no environment "no-more"/)
    await vscode.commands.executeCommand('kafkaWorkbench.selectEnvironment', null)
    assert.deepEqual(await run(0), ['0 passed'])
  })

  it('makes topics, and writes files inside the folder', async () => {
    const { document } = await show(
      'files.kafka',
      `TOPIC\ntopic: ${TOPIC}-made\npartitions: 2\n\nPRODUCER\ntopic: ${TOPIC}-made\nx\n###\nCONSUMER\ntopic: ${TOPIC}-made\nfrom: earliest\nto: now\noutput-to: file(out/a.jsonl)\n`,
    )
    const ended = await results(document, { kind: 'file', blocks: [] })
    assert.deepEqual(
      ended.map(({ status }) => status),
      ['passed', 'passed', 'passed'],
      statuses(ended).join('\n'),
    )
    const written = await vscode.workspace.fs.readFile(uri('out/a.jsonl'))
    assert.match(new TextDecoder().decode(written), /^\{"topic":.*"value":"x".*\}\n$/)
  })

  it('sends nothing where a later block writes outside the folder', async () => {
    const { document } = await show(
      'outside.kafka',
      `PRODUCER\ntopic: ${TOPIC}\nx\n###\nCONSUMER\ntopic: ${TOPIC}\nto: now\noutput-to: file(../../outside.jsonl)\n`,
    )
    const ended = await results(document, { kind: 'file', blocks: [] })
    assert.deepEqual(
      ended.map(({ status }) => status),
      ['skipped', 'refused'],
      statuses(ended).join('\n'),
    )
    assert.equal(ended[1]?.problem?.code, 'outside-workspace')
  })

  it('reads no file that a link in the folder leads to', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'runs-'))
    await writeFile(join(elsewhere, 'a.txt'), 'not yours')
    await write('linked.kafka', '')
    await symlink(elsewhere, join(uri().fsPath, 'link'), 'junction')
    try {
      const { document } = await show(
        'linked.kafka',
        `PRODUCER\ntopic: ${TOPIC}\nvalue-from: file(link/a.txt)\n\n###\n`,
      )
      const [result] = await results(document, { kind: 'file', blocks: [] })
      assert.equal(result?.problem?.code, 'outside-workspace', result?.problem?.message)
    } finally {
      await rm(join(uri().fsPath, 'link'))
      await rm(elsewhere, { recursive: true })
    }
  })

  it('asks for a secret, and runs nothing without it', async () => {
    const text = `@token = {{$secret runs-suite}}\nPRODUCER p\ntopic: ${TOPIC}\nkey: {{token}}\nx\n###\nEXPECT\ntopic: ${TOPIC}\nkey: k\n`
    const { document } = await show('secret.kafka', text)
    const asked = results(document, { kind: 'file', blocks: [] })
    let isOver = false
    void asked.finally(() => (isOver = true))
    // Nothing tells when the question is shown; closing none does nothing.
    await until('the end', async () => {
      await vscode.commands.executeCommand('workbench.action.closeQuickOpen')
      return isOver
    })
    assert.deepEqual(
      (await asked).map(({ status, problem }) => [status, problem?.code]),
      [
        ['stopped', 'cancelled'],
        ['stopped', 'stopped'],
      ],
    )
  })

  it('keeps secrets of files by folder', async () => {
    const kept = new Map<string, string>()
    const state = new Map<string, unknown>()
    const { event: onDidChange } = new vscode.EventEmitter<vscode.SecretStorageChangeEvent>()
    const secrets = createFileSecrets(
      {
        get: key => Promise.resolve(kept.get(key)),
        store: (key, value) => Promise.resolve(void kept.set(key, value)),
        delete: key => Promise.resolve(void kept.delete(key)),
        onDidChange,
      },
      {
        keys: () => [...state.keys()],
        get: (key: string, otherwise?: unknown) => state.get(key) ?? otherwise,
        update: (key, value) => Promise.resolve(void state.set(key, value)),
      },
      () => Promise.resolve('s3cr3t'),
    )
    const { signal } = new AbortController()
    const own = uri('a.kafka')
    assert.equal(await secrets.get(own, 'token', signal), 's3cr3t')
    assert.equal(kept.size, 1)
    assert.ok(![...kept.keys()].some(key => key.includes('token')))
    await secrets.get(vscode.Uri.file('/elsewhere/a.kafka'), 'token', signal)
    assert.equal(kept.size, 2)
    assert.equal(await secrets.forget(own), 1)
    assert.equal(kept.size, 1)
  })

  it('knows whether git would take a file, and adds it to what git ignores', async function () {
    const git = (...args: string[]) => promisify(execFile)('git', args, { cwd: uri().fsPath })
    const isThere = await git('init', '--quiet').then(
      () => true,
      () => false,
    )
    if (!isThere) {
      this.skip()
      return
    }
    const file = await write('kafka.private.env.json', '{}')
    assert.equal(await wouldBeTaken(file), true)
    await addTo(await write('.gitignore', 'node_modules'))
    assert.equal(await wouldBeTaken(file), false)
    await vscode.workspace.fs.delete(file)
  })

  it('runs a block once at a time', async () => {
    const { document } = await show('busy.kafka', `EXPECT\ntopic: ${TOPIC}\nwithin: 60s\nkey: n\n`)
    const first = results(document, { kind: 'file', blocks: [] })
    await until('running', () => parts().runs.runs.active.length === 1)
    const second = await results(document, { kind: 'file', blocks: [] })
    assert.deepEqual(statuses(second), ['0 refused It is still running.'])
    parts().runs.runs.stopAll()
    assert.deepEqual((await first)[0]?.status, 'stopped')
  })

  it('sends nothing where anything is not defined', async () => {
    const { document } = await show(
      'undefined.kafka',
      `PRODUCER\ntopic: ${TOPIC}\nx\n###\nPRODUCER\ntopic: ${TOPIC}\n{{missing}}\n`,
    )
    const ended = await results(document, { kind: 'file', blocks: [] })
    assert.deepEqual(
      ended.map(({ status }) => status),
      ['skipped', 'refused'],
    )
  })
})

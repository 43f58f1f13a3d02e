import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as vscode from 'vscode'
import type { Log } from '../../src/base/log.ts'
import type { BlockResult } from '../../src/run/results.ts'
import { until } from './extension.ts'
import { kafkaFolder, statuses } from './kafkaFolder.ts'
import { person, type Person } from './person.ts'

/** Each another kind of secret; none is a part of anything else that is written here. */
const SECRET = 'zebra/fromStorage+7="q"'
const PRIVATE = 'okapi fromPrivateFile 81'
const PASSWORD = 'lemurFromSasl93'
const CANARIES = [SECRET, PRIVATE, PASSWORD].flatMap(text => [
  text,
  JSON.stringify(text).slice(1, -1),
  encodeURIComponent(text),
  Buffer.from(text).toString('base64').replace(/=+$/, ''),
])

describe('a secret that a .kafka file uses', () => {
  const { topic, parts, uri, write, show, results, shown } = kafkaFolder('canary-suite')
  /** All that was shown, told, logged or kept, by where. */
  const seen = new Map<string, string>()
  let somebody: Person
  let logged: { readonly lines: readonly string[]; end(): void }

  beforeEach(() => {
    logged = listenTo(parts().log)
    somebody = person({ input: ({ password }) => (password ? SECRET : 'answer') })
  })
  afterEach(() => {
    somebody.leave()
    logged.end()
  })

  /** Fails for each place where a canary stands. */
  function assertUnseen(): void {
    const found = [...seen].flatMap(([where, text]) =>
      CANARIES.filter(canary => text.includes(canary)).map(canary => `${where}: ${canary}`),
    )
    assert.deepEqual(found, [])
  }

  it('stands in nothing that is shown, told, logged or kept', async function () {
    this.timeout(60_000)
    const { kept, testing, runs } = parts()
    await write('kafka.env.json', JSON.stringify({ $shared: { open: 'public-value' } }))
    await write('kafka.private.env.json', JSON.stringify({ $shared: { hidden: PRIVATE } }))
    const { document } = await show(
      'canary.kafka',
      [
        `@token = {{$secret canary}}\n@both = {{token}} {{hidden}}\n`,
        `PRODUCER p\ntopic: ${topic}\nkey: {{token}}\nheader: h = {{hidden}}\nvalue-format: json\n`,
        `{ "token": {{json token}}, "hidden": "{{hidden}}", "open": "{{open}}" }\n###\n`,
        `EXPECT differs\ntopic: ${topic}\nwithin: 1s\nkey: {{token}}\n{ "hidden": "not {{both}}" }\n\n###\n`,
        `EXPECT asserts\ntopic: ${topic}\nwithin: 1s\nkey: {{token}}\nassert: value.hidden == "{{token}}"\n\n`,
        `EXPECT passes\ntopic: ${topic}\nkey: {{token}}\ncapture: got = value.token\ncapture: all = value\n\n`,
        `CONSUMER\ntopic: ${topic}\nfrom: earliest\nto: now\n\n`,
        `PRODUCER bad\ntopic: {{hidden}}\n{{got}}\n###\n`,
        `PRODUCER late\ntopic: ${topic}\nrecord-partition: {{token}}\n{{got}}\n###\n`,
      ].join(''),
    )
    const ended: BlockResult[] = []
    const printed: Uint8Array[] = []
    for await (const event of runs.runs.run(document, { kind: 'file', blocks: [] })) {
      if (event.kind === 'block-ended') ended.push(event.result)
      if (event.kind === 'block-progress' && event.progress.kind === 'output')
        printed.push(event.progress.bytes)
    }
    assert.deepEqual(
      ended.map(({ status }) => status),
      ['passed', 'failed', 'failed', 'passed', 'passed', 'failed', 'refused'],
      statuses(ended).join('\n'),
    )
    seen.set('what is printed', Buffer.concat(printed).toString())
    assert.match(seen.get('what is printed') ?? '', /public-value/)
    seen.set('results', textOf(ended))
    seen.set('states', textOf(runs.states.blocks(document).map(({ state }) => state)))
    seen.set('beside the blocks', textOf(ended.map(({ block }) => shown(document, block))))
    assert.match(seen.get('beside the blocks') ?? '', /\*\*\*/, 'it would stand here')

    await vscode.commands.executeCommand('kafkaWorkbench.runFile')
    seen.set('hovers', await hoversOf(document))
    assert.match(seen.get('hovers') ?? '', /public-value/, 'hovers tell what is no secret')
    assert.match(seen.get('hovers') ?? '', /\*\*\*/)
    const completions = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      new vscode.Position(4, 'key: {{'.length),
    )
    seen.set('completions', textOf(completions))
    seen.set('problems', textOf(vscode.languages.getDiagnostics(document.uri)))

    const file = await until('tests', () => testing.controller.items.get(document.uri.toString()))
    const told: unknown[] = []
    const tell = (...all: unknown[]) =>
      void told.push(all.slice(typeof all[0] === 'string' ? 0 : 1))
    const voice = {
      enqueued: tell,
      started: tell,
      passed: tell,
      failed: tell,
      errored: tell,
      skipped: tell,
      appendOutput: tell,
    }
    await testing.run([file], voice)
    seen.set('tests', textOf(told))
    assert.match(seen.get('tests') ?? '', /EXPECT differs — no matching record/)

    await runOnSecuredCluster()
    await vscode.commands.executeCommand('kafkaWorkbench.stopAll')
    seen.set('messages', textOf(somebody.messages))
    assert.notEqual(somebody.messages.length, 0)
    seen.set('what is asked', textOf([...somebody.inputs, ...somebody.picks]))
    for (const state of ['globalState', 'workspaceState'] as const)
      seen.set(state, textOf(kept[state].keys().map(key => [key, kept[state].get(key)])))
    seen.set('the log', logged.lines.join('\n'))
    assert.match(seen.get('the log') ?? '', /A block did not run/)
    seen.set('log files', await logs(join(kept.logUri.fsPath, '../..')))
    assertUnseen()
    await vscode.commands.executeCommand('kafkaWorkbench.forgetFileSecrets')
  })

  it('stands in no message about a private file that cannot be read', async () => {
    const bad = [
      `{ "$shared": { "hidden": "${PRIVATE}" `,
      `{ "$shared": { "hidden": ${PRIVATE} } }`,
      `{ "$shared": { "hidden": ["${PRIVATE}"] } }`,
      `{ "$shared": { "hidden": "{{hidden}} ${PRIVATE}" } }`,
      `"${PRIVATE}"`,
    ]
    for (const text of bad) {
      await write('kafka.private.env.json', text)
      const { document } = await show('bad.kafka', `PRODUCER\ntopic: ${topic}\n{{hidden}}\n`)
      const [result] = await results(document, { kind: 'file', blocks: [] })
      assert.equal(result?.status, 'refused', text)
      seen.set(text, result.problem?.message ?? '')
    }
    await vscode.workspace.fs.delete(uri('kafka.private.env.json'))
    assertUnseen()
  })

  /** The broker knows no SASL: its refusal is told, without the password. */
  async function runOnSecuredCluster(): Promise<void> {
    const { clusters } = parts()
    const [known] = clusters.all
    assert.ok(known)
    const secured = {
      id: `${known.id}-secured`,
      name: 'Secured',
      scope: known.scope,
      bootstrapServers: known.bootstrapServers,
      sasl: { mechanism: 'PLAIN', username: 'somebody' },
    } as const
    await clusters.save(secured, { password: PASSWORD })
    await until('the cluster', () => clusters.find('Secured'))
    const text = `-- @cluster Secured\nPRODUCER\ntopic: ${topic}\nx\n`
    const { document } = await show('secured.kafka', text)
    const [result] = await results(document, { kind: 'file', blocks: [] })
    assert.equal(result?.status, 'failed')
    seen.set('a refused password', textOf([result, clusters.state(secured.id), clusters.all]))
  }
})

/** Of all places in a document. */
async function hoversOf(document: vscode.TextDocument): Promise<string> {
  const texts: string[] = []
  for (let line = 0; line < document.lineCount; line++)
    for (const { index } of document.lineAt(line).text.matchAll(/[\w$]+/g)) {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        new vscode.Position(line, index),
      )
      texts.push(textOf(hovers.map(({ contents }) => contents)))
    }
  return texts.join('\n')
}

/** Files of the window's extension hosts; an editor without the native part of its log has none. */
async function logs(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  const texts = files
    .filter(file => file.isFile())
    .map(file => readFile(join(file.parentPath, file.name), 'utf8'))
  return (await Promise.all(texts)).join('\n')
}

/** All that the extension logs from now on, whatever the level. */
function listenTo(log: Log): { readonly lines: readonly string[]; end(): void } {
  const lines: string[] = []
  const levels = ['trace', 'debug', 'info', 'warn', 'error'] as const
  const before = levels.map(level => [level, Reflect.get(log, level) as unknown] as const)
  for (const level of levels)
    Reflect.set(log, level, (...all: unknown[]) => {
      lines.push(all.map(each => (each instanceof Error ? each.stack : String(each))).join(' '))
    })
  const end = () => {
    for (const [level, original] of before) Reflect.set(log, level, original)
  }
  return { lines, end }
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'bigint'
      ? String(each)
      : each instanceof vscode.MarkdownString
        ? each.value
        : each,
  )
}

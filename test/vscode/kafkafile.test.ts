import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import { fileOf } from '../../src/vscode/language/kafkaDocument.ts'
import { readingId } from '../../src/vscode/run/readingId.ts'
import type { Internals } from '../../src/vscode/extension.ts'
import { clearClusters, givenBroker, internals, until, writeClusters } from './extension.ts'

/** Unlike those of other suites on the same broker. */
const TOPIC = `kafkafile-${Date.now()}`

describe('a .kafka document', () => {
  let parts: Internals

  before(async () => {
    parts = await internals()
  })
  afterEach(async () => {
    await vscode.commands.executeCommand('kafkaWorkbench.stopAll')
    await vscode.commands.executeCommand('workbench.action.closeAllEditors')
    await clearClusters()
    await until('no clusters', () => parts.clusters.all.length === 0)
  })

  async function show(content: string): Promise<vscode.TextEditor> {
    const document = await vscode.workspace.openTextDocument({ language: 'kafka', content })
    return vscode.window.showTextDocument(document)
  }

  async function haveCluster(servers: string, more: object = {}): Promise<void> {
    await writeClusters([{ id: 'k', name: 'The Cluster', bootstrapServers: [servers], ...more }])
    await until('the cluster', () => parts.clusters.all[0])
    await parts.clusters.select(parts.clusters.all[0]?.id)
  }

  async function lenses(document: vscode.TextDocument): Promise<string[]> {
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
    )
    return found.map(({ range, command }) =>
      `${range.start.line} ${command?.title ?? ''}`.replaceAll('\u00a0', ' '),
    )
  }

  function problems(document: vscode.TextDocument): string[] {
    return vscode.languages
      .getDiagnostics(document.uri)
      .map(({ range, code }) => `${range.start.line} ${typeof code === 'string' ? code : '?'}`)
  }

  describe('without a broker', () => {
    it('asks for a cluster, and offers what a block can do once there is one', async () => {
      const { document } = await show(
        'PRODUCER\ntopic: a\nv\n###\nPRODUCER\ntopic: a\nevery: 3s\nv\n###\nCONSUMER billing\ntopic: a\n\nEXPECT x\ntopic: a\n',
      )
      assert.deepEqual(await lenses(document), [
        '0 Select a cluster',
        '4 Select a cluster',
        '9 Select a cluster',
        '12 Select a cluster',
      ])
      await haveCluster('127.0.0.1:1')
      assert.deepEqual(await lenses(document), [
        '0 $(run-all) Run file',
        '0 $(run) Produce record',
        '0 x 10',
        '0 x N...',
        '0 $(vm) The Cluster',
        '4 $(run) Start scheduled producer (every 3s)',
        '4 $(run-below) Run from here',
        '4 $(vm) The Cluster',
        '9 $(debug-start) Start consumer',
        '9 $(run-below) Run from here',
        '9 $(graph-line) billing · show lag',
        '9 $(vm) The Cluster',
        '12 $(run) Run',
        '12 $(vm) The Cluster',
      ])
      assert.deepEqual(parts.clusters.state(parts.clusters.all[0]?.id ?? ''), {
        kind: 'disconnected',
      })
    })

    it('takes the cluster that the file names', async () => {
      await haveCluster('127.0.0.1:1')
      const { document } = await show('-- @cluster elsewhere\nCONSUMER\ntopic: a\n')
      assert.deepEqual(await lenses(document), [
        '1 $(debug-start) Start consumer',
        '1 $(warning) elsewhere',
      ])
    })

    it('finds problems, and again after an edit', async () => {
      const editor = await show('CONSUMER\ntopic: a\nform: 1\nkey-format: String\n')
      await until('two problems', () => problems(editor.document).length === 2)
      assert.deepEqual(problems(editor.document), ['2 K110', '3 K201'])
      await editor.edit(edit => edit.replace(new vscode.Range(2, 0, 2, 4), 'from'))
      await until('one problem', () => problems(editor.document).length === 1)
      assert.deepEqual(problems(editor.document), ['3 K201'])
    })

    it('fixes what it finds', async () => {
      const { document } = await show('CONSUMER\ntopic: a\nform: 1\n')
      await until('a problem', () => problems(document).length === 1)
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        document.uri,
        new vscode.Range(2, 1, 2, 1),
      )
      const fix = actions.find(({ edit }) => edit)
      assert.ok(fix?.edit)
      await vscode.workspace.applyEdit(fix.edit)
      assert.equal(document.lineAt(2).text, 'from: 1')
    })

    it('completes, explains, folds and outlines', async () => {
      const { document } = await show('CONSUMER billing\ntopic: a\n\n###\n')
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        new vscode.Position(2, 0),
      )
      const properties = list.items.filter(({ kind }) => kind !== vscode.CompletionItemKind.Snippet)
      const labels = properties.map(({ label }) =>
        typeof label === 'string' ? label : label.label,
      )
      assert.ok(labels.includes('from') && !labels.includes('topic'), labels.join())
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        new vscode.Position(1, 1),
      )
      assert.ok(hovers.length > 0)
      const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
        'vscode.executeDocumentSymbolProvider',
        document.uri,
      )
      assert.deepEqual(
        symbols.map(({ name, detail }) => [name, detail]),
        [['CONSUMER billing', 'a']],
      )
      const folds = await vscode.commands.executeCommand<vscode.FoldingRange[]>(
        'vscode.executeFoldingRangeProvider',
        document.uri,
      )
      assert.deepEqual(
        folds.map(({ start, end }) => [start, end]),
        [[0, 1]],
      )
    })

    it('survives garbage', async () => {
      const editor = await show('PRODUCER\u0000\n{{{{\n###\nCONSUMER\n:::\n\ud800 key-format\n')
      assert.ok((await lenses(editor.document)).length >= 2)
      await until('problems', () => problems(editor.document).length > 0)
    })

    it('says on the block why it does not run', async () => {
      await haveCluster('127.0.0.1:1')
      const editor = await show('PRODUCER\ntopic: a\n{{user}}\n')
      await vscode.commands.executeCommand('kafkaWorkbench.runBlock')
      const [found] = parts.runs.states.blocks(editor.document)
      assert.ok(found?.state.kind === 'failed')
      assert.match(found.state.problem.message, /^"\{\{user\}\}" is not defined/)
    })

    it('says that a broker cannot be reached', async () => {
      await haveCluster('127.0.0.1:1')
      const editor = await show('PRODUCER\ntopic: a\nv\n')
      await vscode.commands.executeCommand('kafkaWorkbench.produceRecord')
      const [found] = parts.runs.states.blocks(editor.document)
      assert.ok(found?.state.kind === 'failed', found?.state.kind)
      assert.match(found.state.problem.message, /127\.0\.0\.1:1/)
    })
  })

  describe('on a running broker', () => {
    let broker: string

    before(async function () {
      const given = givenBroker()
      if (!given) {
        this.skip()
        return
      }
      broker = given
      await haveCluster(broker)
      const cluster = await parts.clusters.connect(parts.clusters.all[0]?.id ?? '')
      await cluster.createTopics([{ name: TOPIC, partitions: 3 }])
    })

    beforeEach(async () => {
      await haveCluster(broker)
    })

    function state(document: vscode.TextDocument, index = 0) {
      const block = fileOf(document).blocks[index]
      return block && parts.runs.states.state(document, block)
    }

    function session(document: vscode.TextDocument, index = 0) {
      const block = fileOf(document).blocks[index]
      const id = block && parts.runs.states.knownId(document, block)
      return id && parts.messages.session(readingId(id))
    }

    /** Records that the view of a CONSUMER holds. */
    function held(document: vscode.TextDocument): number {
      return session(document)?.state.held?.recordsHeld ?? 0
    }

    it('produces a record to a partition and shows where it went', async () => {
      const { document } = await show(
        `PRODUCER\ntopic: ${TOPIC}\nkey: k\nheader: a = 1\nrecord-partition: 2\n{"id":"{{string.uuid}}"}\n`,
      )
      await vscode.commands.executeCommand('kafkaWorkbench.produceRecord')
      const result = state(document)
      assert.ok(result?.kind === 'produced', result?.kind)
      const [outcome] = result.result.outcomes
      assert.equal(outcome?.partition, 2)
      assert.equal(outcome.offset, 0n)
      assert.equal((await lenses(document))[3], '0 $(list-selection) Show record')
      const [, , , lens] = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        document.uri,
      )
      const clusterId = parts.clusters.all[0]?.id ?? ''
      assert.ok(lens?.command?.arguments)
      assert.deepEqual(lens.command.arguments, [
        { clusterId, topic: TOPIC, partition: 2, offset: '0' },
      ])
      await vscode.commands.executeCommand(lens.command.command, lens.command.arguments[0])
      const id = `topic/${clusterId}/${TOPIC}/2`
      await until('the record', () => parts.messages.session(id)?.state.held?.recordsHeld === 1)
    })

    it('produces ten records in one go, each another one', async () => {
      const { document } = await show(
        `PRODUCER\ntopic: ${TOPIC}\nkey: {{string.uuid}}\nten {{$index}}\n`,
      )
      await vscode.commands.executeCommand('kafkaWorkbench.produceRecords10')
      const result = state(document)
      assert.ok(result?.kind === 'produced')
      assert.equal(result.result.outcomes.length, 10)
      assert.ok(result.result.outcomes.every(({ offset }) => offset !== undefined))
    })

    it('says that a partition does not exist', async () => {
      const { document } = await show(`PRODUCER\ntopic: ${TOPIC}\nrecord-partition: 7\nv\n`)
      await vscode.commands.executeCommand('kafkaWorkbench.produceRecord')
      const result = state(document)
      const problem = result?.kind === 'produced' ? result.result.outcomes[0]?.problem : undefined
      assert.match(
        problem?.message ?? (result?.kind === 'failed' ? result.problem.message : ''),
        /7/,
        JSON.stringify(result?.kind),
      )
    })

    it('sends by a schedule until it is stopped, while the text around it changes', async () => {
      const editor = await show(
        `-- first\nPRODUCER\ntopic: ${TOPIC}\nevery: 100ms\nscheduled\n###\n`,
      )
      editor.selection = new vscode.Selection(2, 0, 2, 0)
      const ended = vscode.commands.executeCommand('kafkaWorkbench.runBlock')
      await until('a record', () => {
        const now = state(editor.document)
        return now?.kind === 'scheduled' && now.sent > 0
      })
      await editor.edit(edit => {
        edit.insert(new vscode.Position(0, 0), '-- zeroth\n\n')
      })
      assert.equal(state(editor.document)?.kind, 'scheduled')
      assert.deepEqual(
        (await lenses(editor.document))[0],
        '3 $(debug-stop) Stop scheduled producer (every 100ms)',
      )
      editor.selection = new vscode.Selection(4, 0, 4, 0)
      await vscode.commands.executeCommand('kafkaWorkbench.runBlock')
      await ended
      assert.equal(state(editor.document)?.kind, 'stopped')
    })

    it('reads without a group, to the end that is asked for', async () => {
      const { document } = await show(`CONSUMER\ntopic: ${TOPIC}\nfrom: earliest\nto: latest\n`)
      await vscode.commands.executeCommand('kafkaWorkbench.startConsumer')
      await until('done', () => session(document)?.phase === 'done')
      const records = await session(document)?.view?.records({ from: 0, count: 100 })
      assert.ok(records && records.length >= 11, String(records?.length))
      const keyed = records.find(({ headers }) => headers.length > 0)
      assert.equal(new TextDecoder().decode(keyed?.key ?? undefined), 'k')
      assert.equal((await lenses(document))[0], '0 $(debug-start) Start consumer')
    })

    it('follows what comes, and stops', async () => {
      const { document } = await show(
        `CONSUMER\ntopic: ${TOPIC}\nfrom: latest\n\n###\nPRODUCER\ntopic: ${TOPIC}\nlive\n`,
      )
      await vscode.commands.executeCommand('kafkaWorkbench.startConsumer')
      await until('following', () => session(document)?.phase === 'following')
      assert.equal((await lenses(document))[0], '0 $(debug-stop) Stop consumer')
      const uri = document.uri.toString()
      await vscode.commands.executeCommand('kafkaWorkbench.produceRecord', { uri, line: 5 })
      await until('the record', () => held(document) === 1)
      await vscode.commands.executeCommand('kafkaWorkbench.stopConsumer', { uri, line: 0 })
      assert.equal(session(document)?.phase, 'stopped')
    })

    it('joins a group that nobody is in, and commits', async function () {
      this.timeout(40_000)
      const group = `${TOPIC}-group`
      const { document } = await show(`CONSUMER ${group}\ntopic: ${TOPIC}\nfrom: earliest\n`)
      await vscode.commands.executeCommand('kafkaWorkbench.startConsumer')
      await until(
        'records, or why there are none',
        () => held(document) >= 11 || session(document)?.state.problem,
        30_000,
      )
      assert.equal(session(document)?.state.problem, undefined)
      assert.equal(session(document)?.state.joined, true)
      await vscode.commands.executeCommand('kafkaWorkbench.stopConsumer')
      const cluster = await parts.clusters.connect(parts.clusters.all[0]?.id ?? '')
      await until(
        'a commit',
        async () => {
          const [answer] = await cluster.committedOffsets([group])
          return answer?.offsets.some(({ committedOffset }) => committedOffset !== undefined)
        },
        15_000,
      )
    })

    it('shows the messages of a topic without joining a group', async () => {
      const clusterId = parts.clusters.all[0]?.id ?? ''
      await vscode.commands.executeCommand('kafkaWorkbench.showMessages', {
        clusterId,
        topic: TOPIC,
      })
      const id = `topic/${clusterId}/${TOPIC}`
      const state = () => parts.messages.session(id)?.state
      await until('records', () => (state()?.held?.recordsHeld ?? 0) >= 11)
      assert.equal(state()?.joined, false)
    })

    it('says that a topic does not exist, and creates none', async () => {
      const { document } = await show(`CONSUMER\ntopic: ${TOPIC}-gone\n`)
      await vscode.commands.executeCommand('kafkaWorkbench.startConsumer')
      await until('failed', () => session(document)?.phase === 'failed')
      assert.match(session(document)?.state.problem?.message ?? '', /gone/)
      const cluster = await parts.clusters.connect(parts.clusters.all[0]?.id ?? '')
      const topics = await cluster.listTopics()
      assert.ok(!topics.some(({ name }) => name === `${TOPIC}-gone`))
    })

    it('knows the topics of the cluster once it is connected', async () => {
      await parts.clusters.connect(parts.clusters.all[0]?.id ?? '')
      const { document } = await show(`CONSUMER\ntopic: ${TOPIC}x\n`)
      await until('a problem', () => problems(document).length === 1)
      assert.deepEqual(problems(document), ['1 K403'])
    })
  })
})

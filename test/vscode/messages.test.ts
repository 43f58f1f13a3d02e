import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as vscode from 'vscode'
import type { Cluster } from '../../src/kafka/cluster.ts'
import type { Internals } from '../../src/vscode/extension.ts'
import { exportTo } from '../../src/vscode/messages/exportRecords.ts'
import { shownSteps, topicSteps } from '../../src/vscode/messages/exportSteps.ts'
import type { MessagesPanel } from '../../src/vscode/messages/panel.ts'
import {
  topicReading,
  topicReadingId,
  withProperties,
  withStart,
} from '../../src/vscode/messages/reading.ts'
import { clearClusters, givenBroker, internals, until, writeClusters } from './extension.ts'

/** Unlike those of other suites on the same broker. */
const TOPIC = `messages-${Date.now()}`
const COPY = `${TOPIC}-copy`
const COUNT = 30

const utf8 = (text: string) => new TextEncoder().encode(text)

describe('a view of messages', () => {
  let parts: Internals
  let cluster: Cluster
  let clusterId: string
  let folder: string

  before(async function () {
    const broker = givenBroker()
    if (broker === undefined) {
      this.skip()
      return
    }
    folder = await mkdtemp(join(tmpdir(), 'messages-export-'))
    parts = await internals()
    await writeClusters([{ id: 'm', name: 'The Cluster', bootstrapServers: [broker] }])
    clusterId = (await until('the cluster', () => parts.clusters.all[0])).id
    await parts.clusters.select(clusterId)
    cluster = await parts.clusters.connect(clusterId)
    await cluster.createTopics([
      { name: TOPIC, partitions: 2 },
      { name: COPY, partitions: 1 },
    ])
    const records = Array.from({ length: COUNT }, (_, n) => ({
      partition: n % 2,
      key: utf8(`k${n}`),
      value: utf8(JSON.stringify({ n, status: n % 3 === 0 ? 'FAILED' : 'PAID' })),
      headers: [['n', utf8(String(n))]] as const,
      // Not long ago: the broker deletes what is older than a week, every now and then.
      timestamp: Date.now() - 3_600_000 + n * 1000,
    }))
    const outcomes = await cluster.produce({ topic: TOPIC, records })
    assert.ok(outcomes.every(({ problem }) => problem === undefined))
  })

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors')
    await until('no views', () =>
      [undefined, 0, 1].every(
        partition => !parts.messages.panel(topicReadingId(clusterId, TOPIC, partition)),
      ),
    )
  })

  after(async () => {
    if (givenBroker() === undefined) return
    await clearClusters()
    await rm(folder, { recursive: true, force: true })
  })

  /** The view of the topic once it has read all there is. */
  async function opened(): Promise<MessagesPanel> {
    await vscode.commands.executeCommand('kafkaWorkbench.showMessages', { clusterId, topic: TOPIC })
    return settled(topicReadingId(clusterId, TOPIC))
  }

  async function settled(id: string): Promise<MessagesPanel> {
    return until('all that is there', () => {
      const panel = parts.messages.panel(id)
      const phase = panel?.session.phase
      assert.notEqual(phase, 'failed', panel?.session.state.problem?.message)
      return phase === 'following' || phase === 'done' ? panel : undefined
    })
  }

  const held = (panel: MessagesPanel) => panel.session.state.held

  it('opens from a topic and from a partition, each by itself', async () => {
    const panel = await opened()
    assert.deepEqual([held(panel)?.recordsHeld, panel.topic], [COUNT, TOPIC])
    await vscode.commands.executeCommand('kafkaWorkbench.showMessages', {
      clusterId,
      topic: TOPIC,
      partition: 1,
    })
    const one = await settled(topicReadingId(clusterId, TOPIC, 1))
    assert.equal(held(one)?.recordsHeld, COUNT / 2)
    assert.equal(parts.messages.panel(topicReadingId(clusterId, TOPIC)), panel)
  })

  it('reads anew with a filter, a text or an expression, and refuses what is none', async () => {
    const panel = await opened()
    await panel.filter('value.status == "FAILED"')
    await until('those that match', () => held(panel)?.recordsMatched === COUNT / 3)
    assert.equal(held(panel)?.recordsShown, COUNT / 3)
    assert.equal(held(panel)?.recordsRead, COUNT)
    await panel.filter('"n":17')
    await until('the one that has the text', () => held(panel)?.recordsMatched === 1)
    await assert.rejects(panel.filter('value.status == '), /not finished/)
    assert.equal(panel.reading.filter, '"n":17')
    await panel.filter('')
    await until('all of them', () => held(panel)?.recordsMatched === COUNT)
    assert.equal(panel.reading.filter, undefined)
  })

  it('reads from and to other places, and only some partitions', async () => {
    const panel = await opened()
    panel.start(withProperties(withStart(panel.reading, '5'), { to: 'latest', partitions: '0' }))
    await until('the end', () => panel.session.phase === 'done')
    assert.equal(held(panel)?.recordsHeld, COUNT / 2 - 5)
    panel.read({ partitions: '', from: 'earliest' })
    await until('all of them', () => held(panel)?.recordsHeld === COUNT)
    assert.equal(panel.session.phase, 'done')
    panel.read({ to: '', limit: '7' })
    await until('so many', () => panel.session.phase === 'done')
    assert.equal(held(panel)?.recordsHeld, 7)
  })

  it('starts where a group is without joining it', async () => {
    const groupId = `${TOPIC}-group`
    const controller = new AbortController()
    const joined = cluster.join(
      { groupId, topic: TOPIC, fallback: 'earliest', limit: COUNT },
      { signal: controller.signal },
    )
    for await (const update of joined)
      if (update.kind === 'problem') assert.fail(update.problem.message)
    const panel = await opened()
    const name = { partition: 0, offset: '3' }
    const readBy = await until(
      'the commit',
      async () => {
        const answer = await panel.actions.readBy(name, AbortSignal.timeout(10_000))
        return answer.groups.find(({ group }) => group === groupId)
      },
      15_000,
    )
    assert.deepEqual(readBy, { group: groupId, committedOffset: '15', passed: true })
    panel.start(withStart(panel.reading, 'committed', groupId))
    await until('the end', () => panel.session.phase === 'following')
    assert.deepEqual([held(panel)?.recordsRead, panel.session.state.joined], [0, false])
  }).timeout(60_000)

  it('shows one record of a topic that was not open, and one that it holds already', async () => {
    await parts.messages.openAt(clusterId, TOPIC, { partition: 1, offset: '10' })
    const panel = await settled(topicReadingId(clusterId, TOPIC, 1))
    const [first] = (await panel.session.view?.records({ from: 0, count: 1 })) ?? []
    assert.deepEqual([first?.partition, first?.offset], [1, 10n])
    const all = await opened()
    const startedAt = all.session.state.startedAt
    await vscode.commands.executeCommand('kafkaWorkbench.showRecord', {
      clusterId,
      topic: TOPIC,
      partition: 0,
      offset: '2',
    })
    assert.equal(all.session.state.startedAt, startedAt)
  })

  it('opens a record as a document, and two in a diff editor', async () => {
    const panel = await opened()
    await panel.actions.open({ partition: 0, offset: '1' })
    const document = await until('a document', () =>
      vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'kafka-record'),
    )
    assert.equal((JSON.parse(document.getText()) as { key: string }).key, 'k2')
    await panel.actions.compare({ partition: 0, offset: '1' }, { partition: 1, offset: '1' })
    const tab = await until('a diff', () =>
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .find(({ input }) => input instanceof vscode.TabInputTextDiff),
    )
    assert.match(tab.label, /@ 1 ↔ .*@ 1$/)
  })

  it('copies records as text', async () => {
    const panel = await opened()
    const names = [0, 1].map(offset => ({ partition: 0, offset: String(offset) }))
    const copied = async (what: Parameters<typeof panel.actions.copy>[1]) => {
      await panel.actions.copy(names, what)
      return vscode.env.clipboard.readText()
    }
    assert.equal(await copied('key'), 'k0\nk2')
    const lines = (await copied('record')).split('\n').map(line => JSON.parse(line) as object)
    assert.deepEqual(
      lines.map(line => 'offset' in line && line.offset),
      [0, 1],
    )
    assert.match(await copied('producer'), /^PRODUCER[^]*\n###\n[^]*k2/)
    assert.match(await copied('kcat'), /kcat -P/)
  })

  it('keeps how it shows records, and starts again the same way', async () => {
    const panel = await opened()
    panel.show({ notes: false, backwards: true, duplicates: false })
    panel.decodeAs({ key: 'bytes(hex)', value: 'auto' })
    await vscode.commands.executeCommand('kafkaWorkbench.messages.readAgain')
    await until('all of them', () => held(panel)?.recordsHeld === COUNT)
    const { formats, shown } = panel.session
    assert.deepEqual(formats.key, { name: 'bytes', parameters: ['hex'] })
    assert.equal(shown.notes, false)
    const rows = await panel.session.view?.rows({ from: 0, count: 1 })
    const [row] = rows?.rows ?? []
    assert.ok(row?.kind === 'record')
    assert.deepEqual(row.key, { kind: 'binary', text: Buffer.from('k0').toString('hex') })
  })

  it('exports the whole topic, whatever the view shows of it', async () => {
    const panel = await opened()
    const target = vscode.Uri.file(join(folder, 'all.jsonl'))
    const written = await exportTo(panel.source, 'jsonl', target, signal =>
      topicSteps(cluster, { topic: TOPIC }, signal),
    )
    const lines = (await readFile(target.fsPath, 'utf8')).trimEnd().split('\n')
    assert.deepEqual([lines.length, written.records], [COUNT, COUNT])
    const numbers = lines.map(line => (JSON.parse(line) as { value: { n: number } }).value.n)
    assert.deepEqual(
      numbers.sort((a, b) => a - b),
      Array.from({ length: COUNT }, (_, n) => n),
    )
    assert.deepEqual(await readdir(folder), ['all.jsonl'])
  })

  it('exports what is shown, in the order of the rows', async () => {
    const panel = await opened()
    await panel.filter('value.n >= 20')
    await until('those that match', () => held(panel)?.recordsMatched === 10)
    const { view } = panel.session
    assert.ok(view)
    const target = vscode.Uri.file(join(folder, 'shown.csv'))
    await exportTo(panel.source, 'csv', target, signal => shownSteps(view, signal))
    const lines = (await readFile(target.fsPath, 'utf8')).trimEnd().split('\r\n')
    assert.equal(lines.length, 11)
    assert.match(lines[1] ?? '', /k20/)
  })

  it('sends records again, after a look at what and where', async () => {
    const panel = await opened()
    const ended = panel.actions.reproduce([
      { partition: 0, offset: '0' },
      { partition: 1, offset: '0' },
    ])
    const total = async () => {
      const ends = await cluster.listOffsets(
        [0, 1].map(partition => ({ topic: TOPIC, partition, at: 'latest' as const })),
      )
      return ends.reduce((sum, { offset = 0n }) => sum + Number(offset), 0)
    }
    await until('two more records', async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem')
      return (await total()) === COUNT + 2
    })
    await ended
    await until('them in the view', () => held(panel)?.recordsHeld === COUNT + 2)
    const view = panel.session.view
    const last = (await view?.records({ from: COUNT, count: 2 })) ?? []
    assert.deepEqual(
      last.map(({ key, headers }) => [
        new TextDecoder().decode(key ?? undefined),
        headers.map(([name]) => name),
      ]),
      [
        ['k0', ['n']],
        ['k1', ['n']],
      ],
    )
  })

  it('follows what comes, pauses and goes on', async () => {
    const panel = await opened()
    const before = held(panel)?.recordsHeld ?? 0
    await vscode.commands.executeCommand('kafkaWorkbench.messages.togglePause')
    await until('a pause', () => panel.session.phase === 'paused')
    await vscode.commands.executeCommand('kafkaWorkbench.messages.togglePause')
    await until('going on', () => panel.session.phase === 'following')
    await cluster.produce({
      topic: TOPIC,
      records: [{ key: null, value: utf8('late'), headers: [] }],
    })
    await until('the late one', () => held(panel)?.recordsHeld === before + 1)
    await vscode.commands.executeCommand('kafkaWorkbench.messages.stop')
    assert.equal(panel.session.phase, 'stopped')
  })

  it('is one view per reading, also when it changes to another topic', async () => {
    const panel = await opened()
    parts.messages.open(topicReading(clusterId, TOPIC))
    await settled(topicReadingId(clusterId, TOPIC))
    assert.equal(parts.messages.panel(topicReadingId(clusterId, TOPIC)), panel)
    await vscode.commands.executeCommand('workbench.action.closeAllEditors')
    await until('nothing is left', () => !parts.messages.panel(topicReadingId(clusterId, TOPIC)))
  })
})

import assert from 'node:assert/strict'
import { JoinReader } from '../../src/vscode/debug/joinLine.ts'
import { SessionTracker } from '../../src/vscode/debug/tracker.ts'

function joinLine(groupId: string, memberId: string): string {
  return `${JSON.stringify({
    level: 'INFO',
    logger: 'kafkajs',
    message: '[ConsumerGroup] Consumer has joined the group',
    groupId,
    memberId,
    memberAssignment: { orders: [0, 1] },
  })}\n`
}

describe('a line that tells of a join', () => {
  const line = joinLine('billing', 'm-1')
  const cases: [name: string, pieces: string[], groups: string[]][] = [
    ['whole', [line], ['billing']],
    ['in pieces', [line.slice(0, 20), line.slice(20, -1), '\n'], ['billing']],
    ['not yet complete', [line.slice(0, -1)], []],
    ['two at once', [line + joinLine('audit', 'm-2')], ['billing', 'audit']],
    ['among other output', [`started\n${line}handled 1\n`], ['billing']],
    ['behind a prefix', [`[app] ${line}`], ['billing']],
    ['cut', [`${line.slice(0, 90)}\n`], []],
    ['without its fields', ['{"message":"[ConsumerGroup] Consumer has joined the group"}\n'], []],
    ['only mentioned', ['{"note":"[ConsumerGroup] Consumer has joined the group"}\n'], []],
    ['not JSON', ['[ConsumerGroup] Consumer has joined the group {\n'], []],
  ]
  for (const [name, pieces, groups] of cases)
    it(name, () => {
      const reader = new JoinReader()
      const found = pieces.flatMap(piece => reader.read(piece))
      assert.deepEqual(
        found.map(({ groupId }) => groupId),
        groups,
      )
    })
})

function event(name: string, body: object = {}): object {
  return { type: 'event', event: name, body }
}

describe('what a debug session tells', () => {
  let now = 0
  let tracker: SessionTracker
  beforeEach(() => {
    now = 1000
    tracker = new SessionTracker(() => now)
  })

  it('stops and goes on', () => {
    const seen: (number | undefined)[] = []
    tracker.onDidChange(() => seen.push(tracker.stop?.threadId))
    tracker.received(event('continued'))
    tracker.received(event('stopped', { threadId: 7, reason: 'breakpoint' }))
    tracker.received(event('continued', { threadId: 7 }))
    assert.deepEqual(seen, [7, undefined])
  })

  it('knows who joined before it hears of the stop', () => {
    let joined: readonly string[] = []
    tracker.onDidChange(() => (joined = tracker.stop ? [...tracker.joins.keys()] : []))
    tracker.received(event('output', { category: 'stdout', output: joinLine('billing', 'm-1') }))
    tracker.received(event('stopped', { threadId: 1 }))
    assert.deepEqual(joined, ['billing'])
  })

  it('takes the newest member id of a group', () => {
    for (const member of ['old', 'new'])
      tracker.received(event('output', { category: 'stdout', output: joinLine('g', member) }))
    assert.equal(tracker.joins.get('g')?.memberId, 'new')
  })

  it('does not mix what is printed on two channels', () => {
    const line = joinLine('g', 'm')
    tracker.received(event('output', { category: 'stdout', output: line.slice(0, 30) }))
    tracker.received(event('output', { category: 'stderr', output: 'warning\n' }))
    tracker.received(event('output', { category: 'stdout', output: line.slice(30) }))
    assert.ok(tracker.joins.has('g'))
  })

  it('counts a pause from when it was asked for', () => {
    tracker.sent({ type: 'request', command: 'pause' })
    now = 5700
    tracker.received(event('stopped', { threadId: 1, reason: 'pause' }))
    assert.deepEqual(tracker.stop, { threadId: 1, at: 1000 })
    tracker.received(event('continued'))
    tracker.received(event('stopped', { threadId: 1, reason: 'breakpoint' }))
    assert.deepEqual(tracker.stop, { threadId: 1, at: 5700 })
  })

  it('ends once, and stands nowhere then', () => {
    let changes = 0
    tracker.received(event('stopped', { threadId: 1 }))
    tracker.onDidChange(() => changes++)
    tracker.received(event('terminated'))
    tracker.end()
    assert.deepEqual([changes, tracker.stop, tracker.ended], [1, undefined, true])
  })

  it('takes no harm from messages of any shape', () => {
    for (const message of [undefined, null, 1, {}, event('output'), event('stopped')]) {
      tracker.received(message)
      tracker.sent(message)
    }
    assert.equal(tracker.stop, undefined)
  })
})

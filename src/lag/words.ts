import type { GroupType, TopicPartition } from '../kafka/model.ts'
import { count, duration, plural, rate, timeOfDay } from './format.ts'
import {
  partitionName,
  type GroupReading,
  type Ownership,
  type PartitionReading,
  type Verdict,
  type VerdictKind,
} from './reading.ts'
import { rankOf, toneOf, type Tone } from './verdict.ts'

/** A word for the verdict, and the reason in smaller print; `icon` is a codicon's name. */
export interface VerdictWords {
  readonly icon: string
  readonly tone: Tone
  readonly word: string
  readonly why: string
}

const ICONS: Readonly<Record<VerdictKind, string>> = {
  lost: 'error',
  stopped: 'stop-circle',
  stalled: 'warning',
  'no-leader': 'debug-disconnect',
  ahead: 'warning',
  rewound: 'discard',
  behind: 'warning',
  'no-commit': 'circle-large-outline',
  unreadable: 'question',
  closing: 'arrow-circle-down',
  measuring: 'question',
  'not-reported': 'question',
  'topic-deleted': 'trash',
  idle: 'circle-slash',
  fine: 'pass',
}

/** `now` is the time of the reading that the verdict belongs to. */
export function verdictWords(verdict: Verdict, now: number): VerdictWords {
  const [word, why] = wordAndWhy(verdict, now)
  return { icon: ICONS[verdict.kind], tone: toneOf(verdict), word, why }
}

function wordAndWhy(verdict: Verdict, now: number): [word: string, why: string] {
  switch (verdict.kind) {
    case 'lost':
      return [
        `${recordsOf(verdict.records)} lost`,
        `commit is below log start ${count(verdict.logStartOffset)}`,
      ]
    case 'stopped':
      return ['Stopped', `nobody is consuming${forHowLong(verdict.since, now)}`]
    case 'stalled':
      return ['Stalled', stalledWhy(verdict, now)]
    case 'no-leader':
      return ['No leader', verdict.since ? `last read at ${timeOfDay(verdict.since)}` : '']
    case 'ahead':
      return [
        'Ahead of log',
        `commit is ${count(verdict.by)} past the end: truncated or re-created`,
      ]
    case 'rewound':
      return ['Rewound', rewoundWhy(verdict)]
    case 'behind':
      return ['Not catching up', behindWhy(verdict)]
    case 'no-commit':
      return ['No commit', noCommitWhy(verdict)]
    case 'unreadable':
      return ['Unknown', withoutFullStop(verdict.problem.message)]
    case 'closing':
      return ['Catching up', '']
    case 'measuring':
      return ['Measuring', 'too few looks yet to say how it moves']
    case 'not-reported':
      return ['Not reported', 'lag not reported by this broker (needs 4.2)']
    case 'topic-deleted':
      return ['Topic deleted', 'not in the total']
    case 'idle':
      return ['Nothing unread', 'nobody is consuming']
    case 'fine':
      return ['Keeping up', '']
  }
}

function recordsOf(n: bigint): string {
  return n === 1n ? '1 record' : `${count(n)} records`
}

function forHowLong(since: number | undefined, now: number): string {
  return since === undefined ? '' : ` for ${duration(now - since)}`
}

function stalledWhy(
  { since, observed, ownership }: Extract<Verdict, { kind: 'stalled' }>,
  now: number,
): string {
  const bound = observed ? '' : 'at least '
  const owner = ownership === 'unknown' ? '' : 'owner alive, '
  return `${owner}offset not moving for ${bound}${duration(now - since)}`
}

function behindWhy({ consumeRate, produceRate }: Extract<Verdict, { kind: 'behind' }>): string {
  const reads = rate(consumeRate)
  const arrive = rate(produceRate)
  return reads === arrive
    ? `reads ${reads}, no more than arrives`
    : `reads ${reads}, ${arrive} arrive`
}

function rewoundWhy({ back, at, now }: Extract<Verdict, { kind: 'rewound' }>): string {
  const moves = { behind: 'not catching up', closing: 'catching up', fine: 'catching up' }
  const how = now === 'measuring' ? '' : ` · ${moves[now]}`
  return `went back ${count(back)} at ${timeOfDay(at)}${how}`
}

function noCommitWhy({ ownership, gone }: Extract<Verdict, { kind: 'no-commit' }>): string {
  const last = gone ? `${count(gone.offset)} was gone at ${timeOfDay(gone.at)} · ` : ''
  return last + NO_COMMIT[ownership]
}

const NO_COMMIT: Readonly<Record<Ownership, string>> = {
  owned: 'auto.offset.reset will decide',
  kept: 'auto.offset.reset will decide',
  none: 'unassigned',
  unknown: 'auto.offset.reset will decide',
}

function withoutFullStop(text: string): string {
  return text.replace(/\.$/, '')
}

/** Part of a sentence; with a partition it leads to that partition's row. */
export interface Mention {
  readonly text: string
  readonly partition?: TopicPartition
}

/** What is wrong, and where: the panel's first two lines. */
export interface Summary {
  readonly icon: string
  readonly tone: Tone
  readonly headline: string
  readonly mentions: readonly Mention[]
}

/** Most mentions of one kind before they become one. */
const MENTIONED = 3

export function summarize(reading: GroupReading): Summary {
  const troubled = reading.partitions.filter(isTroubled).sort(worstFirst)
  const [worst] = troubled
  if (!worst) return calm(reading)
  const tone = troubled.some(p => toneOf(p.verdict) === 'bad') ? 'bad' : 'warn'
  const share = `${count(troubled.length)} of ${plural(reading.partitions.length, 'partition')}`
  return {
    tone,
    icon: tone === 'bad' ? 'error' : 'warning',
    headline: `${tone === 'bad' ? 'In trouble' : 'To watch'}: ${share}`,
    mentions: mentionsOf(troubled, reading.at),
  }
}

/** Sorts by trouble, then by lag, then by name. */
export function worstFirst(a: PartitionReading, b: PartitionReading): number {
  const lagA = a.lag ?? 0n
  const lagB = b.lag ?? 0n
  return (
    rankOf(a.verdict.kind) - rankOf(b.verdict.kind) ||
    (lagA === lagB ? 0 : lagA > lagB ? -1 : 1) ||
    (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1)
  )
}

/** A missing commit is trouble only where there are records that it decides about. */
function isTroubled({ verdict, lag }: PartitionReading): boolean {
  if (verdict.kind === 'no-commit') return lag !== 0n
  return verdict.kind === 'unreadable' || toneOf(verdict) !== 'calm'
}

function calm(reading: GroupReading): Summary {
  const of = (kind: VerdictKind) => reading.partitions.filter(p => p.verdict.kind === kind)
  const all = plural(reading.partitions.length, 'partition')
  const say = (icon: string, headline: string, text: string): Summary => ({
    icon,
    tone: 'calm',
    headline,
    mentions: [{ text }],
  })
  const closing = of('closing').length
  if (closing > 0) return say('arrow-circle-down', 'Catching up', `on ${count(closing)} of ${all}`)
  if (of('measuring').length > 0)
    return say('question', 'Measuring', 'too few looks yet to say how it moves')
  if (of('not-reported').length > 0)
    return say(
      'question',
      'Not measured',
      'this broker does not report the lag of share groups (needs 4.2)',
    )
  if (of('idle').length === reading.partitions.length)
    return say('circle-slash', 'Nothing unread', 'nobody is consuming')
  return say('pass', 'Keeping up', `all of ${all}`)
}

function mentionsOf(troubled: readonly PartitionReading[], now: number): readonly Mention[] {
  const kinds = [...new Set(troubled.map(({ verdict }) => verdict.kind))]
  return kinds.flatMap(kind => {
    const those = troubled.filter(({ verdict }) => verdict.kind === kind)
    return kind === 'behind' ? byOwner(those, now) : mentionsOfKind(those, now)
  })
}

function mentionsOfKind(those: readonly PartitionReading[], now: number): readonly Mention[] {
  const [first] = those
  if (first && those.length > MENTIONED) {
    const text = `${count(those.length)} partitions ${predicate(first, now, 'plural')}`
    return [{ text, partition: placeOf(first) }]
  }
  return those.map(p => ({
    text: `${partitionName(p)} ${predicate(p, now, 'one')}`,
    partition: placeOf(p),
  }))
}

/** A slow member is one thing to mend, however many partitions it has. */
function byOwner(those: readonly PartitionReading[], now: number): readonly Mention[] {
  const owners = [...new Set(those.map(({ owner }) => owner?.memberId))]
  return owners.flatMap(memberId => {
    const own = those.filter(({ owner }) => owner?.memberId === memberId)
    const [first] = own
    if (!first?.owner || own.length <= MENTIONED) return mentionsOfKind(own, now)
    const text = `${first.owner.clientId} does not catch up on its ${count(own.length)} partitions`
    return [{ text, partition: placeOf(first) }]
  })
}

function placeOf({ topic, partition }: TopicPartition): TopicPartition {
  return { topic, partition }
}

function predicate({ verdict }: PartitionReading, now: number, n: 'one' | 'plural'): string {
  if (verdict.kind === 'lost' && n === 'one') return `lost ${recordsOf(verdict.records)}`
  const verbs = PREDICATES[verdict.kind]
  return verbs ? verbs[n] : verdictWords(verdict, now).word.toLowerCase()
}

/** Where the verdict's own word is no predicate. */
const PREDICATES: Readonly<Partial<Record<VerdictKind, { one: string; plural: string }>>> = {
  lost: { one: 'lost records', plural: 'lost records' },
  'no-commit': { one: 'has no commit', plural: 'have no commit' },
  'no-leader': { one: 'has no leader', plural: 'have no leader' },
  behind: { one: 'does not catch up', plural: 'do not catch up' },
  ahead: { one: 'is ahead of its log', plural: 'are ahead of their logs' },
  unreadable: { one: 'cannot be read', plural: 'cannot be read' },
}

const TYPES: Readonly<Record<GroupType, string>> = {
  classic: 'classic group',
  consumer: 'consumer group',
  share: 'share group',
  streams: 'streams group',
  unknown: 'group',
}

export function typeWords({ type, manual }: Pick<GroupReading, 'type' | 'manual'>): string {
  return manual ? 'manual assignment' : TYPES[type]
}

/** Who reads a partition, in one word; `–` where no broker can tell. */
export function ownerWords({ owner, ownership }: PartitionReading): string {
  if (owner) return owner.clientId || owner.memberId
  return ownership === 'none' ? 'no owner' : '–'
}

/** A lag as it stands in a cell: `12`, `up to 3,310`, `?`, `–`. */
export function lagWords({ lag, lagIsBound, verdict }: PartitionReading): string {
  if (lag === undefined)
    return verdict.kind === 'not-reported' || verdict.kind === 'topic-deleted' ? '–' : '?'
  return lagIsBound ? `up to ${count(lag)}` : count(lag)
}

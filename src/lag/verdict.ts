import type { Problem } from '../base/problem.ts'
import type { Movement, Ownership, Verdict, VerdictKind } from './reading.ts'

/** All that the verdict on one partition is made of; every rule below reads only what it names. */
export interface Evidence {
  readonly now: number
  readonly share: boolean
  readonly ownership: Ownership
  readonly committedOffset: bigint | undefined
  readonly logStartOffset: bigint | undefined
  readonly logEndOffset: bigint | undefined
  readonly lag: bigint | undefined
  readonly endProblem: Problem | undefined
  /** When the end that is kept was read. */
  readonly endAsOf: number | undefined
  /** Beyond the end for more than one look. */
  readonly aheadFor: number
  readonly watchedSince: number
  readonly lastChange: number | undefined
  /** When lag was last seen at nothing. */
  readonly lastCaughtUp: number | undefined
  /** How long the last commits took together: the consumer's own pace. */
  readonly commitSpan: number
  readonly lastOwned: number | undefined
  readonly rewind: { readonly back: bigint; readonly at: number } | undefined
  readonly gone: { readonly offset: bigint; readonly at: number } | undefined
  readonly movement: Movement
  readonly consumeRate: number
  readonly produceRate: number
}

/** A consumer that says nothing for so long, and longer than it usually does, is stalled. */
export const MINIMUM_QUIET = 15_000
/** Before its pace is known. */
export const UNKNOWN_PACE_QUIET = 30_000
/** However slow its pace. */
export const MAXIMUM_QUIET = 300_000

/** The first rule that has something to say, in the order of what must be known first. */
export function judge(evidence: Evidence): Verdict {
  return (
    topicDeleted(evidence) ??
    noLeader(evidence) ??
    unreadable(evidence) ??
    notReported(evidence) ??
    noCommit(evidence) ??
    ahead(evidence) ??
    lost(evidence) ??
    nothingUnread(evidence) ??
    stopped(evidence) ??
    stalled(evidence) ??
    rewound(evidence) ??
    moving(evidence)
  )
}

function topicDeleted({ endProblem }: Evidence): Verdict | undefined {
  if (endProblem?.code !== 'UNKNOWN_TOPIC_OR_PARTITION') return undefined
  return { kind: 'topic-deleted' }
}

const LEADERLESS = new Set(['LEADER_NOT_AVAILABLE', 'NOT_LEADER_OR_FOLLOWER', 'no-leader'])

function noLeader({ endProblem, endAsOf }: Evidence): Verdict | undefined {
  if (!endProblem || !LEADERLESS.has(endProblem.code)) return undefined
  return {
    kind: 'no-leader',
    problem: endProblem,
    ...(endAsOf === undefined ? {} : { since: endAsOf }),
  }
}

function unreadable({ endProblem }: Evidence): Verdict | undefined {
  return endProblem && { kind: 'unreadable', problem: endProblem }
}

function notReported({ share, lag }: Evidence): Verdict | undefined {
  return share && lag === undefined ? { kind: 'not-reported' } : undefined
}

function noCommit({ share, committedOffset, ownership, gone }: Evidence): Verdict | undefined {
  if (share || committedOffset !== undefined) return undefined
  return { kind: 'no-commit', ownership, ...(gone ? { gone } : {}) }
}

/** Commits are read before ends, so one look ahead is a slow replica, two are a truncated log. */
function ahead({ committedOffset, logEndOffset, aheadFor }: Evidence): Verdict | undefined {
  if (committedOffset === undefined || logEndOffset === undefined || aheadFor < 2) return undefined
  return { kind: 'ahead', by: committedOffset - logEndOffset }
}

function lost({ committedOffset, logStartOffset }: Evidence): Verdict | undefined {
  if (committedOffset === undefined || logStartOffset === undefined) return undefined
  if (committedOffset >= logStartOffset) return undefined
  return { kind: 'lost', records: logStartOffset - committedOffset, logStartOffset }
}

function nothingUnread({ lag, ownership }: Evidence): Verdict | undefined {
  if (lag === undefined || lag > 0n) return undefined
  return { kind: ownership === 'none' ? 'idle' : 'fine' }
}

function stopped({ ownership, lastOwned }: Evidence): Verdict | undefined {
  if (ownership !== 'none') return undefined
  return { kind: 'stopped', ...(lastOwned === undefined ? {} : { since: lastOwned }) }
}

/**
 * Nothing was committed for longer than the consumer's own pace (Burrow's STOP), counted from when
 * there was something to read: a consumer that was at the end gets that long for its next commit.
 */
function stalled(evidence: Evidence): Verdict | undefined {
  const { now, lastChange, lastCaughtUp, watchedSince, ownership } = evidence
  const waitingSince = Math.max(lastChange ?? watchedSince, lastCaughtUp ?? watchedSince)
  if (now - waitingSince <= quietAllowed(evidence)) return undefined
  const observed = lastChange !== undefined || lastCaughtUp !== undefined
  return { kind: 'stalled', since: waitingSince, observed, ownership }
}

function quietAllowed({ lastChange, commitSpan }: Evidence): number {
  if (lastChange === undefined || commitSpan === 0) return UNKNOWN_PACE_QUIET
  return Math.min(Math.max(commitSpan, MINIMUM_QUIET), MAXIMUM_QUIET)
}

function rewound({ rewind, movement }: Evidence): Verdict | undefined {
  return rewind && { kind: 'rewound', back: rewind.back, at: rewind.at, now: movement }
}

function moving({ movement, consumeRate, produceRate }: Evidence): Verdict {
  if (movement === 'behind') return { kind: 'behind', consumeRate, produceRate }
  return { kind: movement }
}

/** So much of produced time behind is still "keeping up": commits come every 5 s by default. */
const KEEPING_UP = 8
/** …and so much is no longer. Two thresholds, so that the word does not flicker. */
const NOT_KEEPING_UP = 16

/**
 * How a partition with unread records moves, from steady rates per second. `before` is the answer
 * of the last look. Closing means that more than 5 % of what arrives is made good.
 */
export function movementOf(
  lag: bigint,
  produceRate: number,
  consumeRate: number,
  before: Movement,
): Movement {
  const allowed = before === 'fine' ? NOT_KEEPING_UP : KEEPING_UP
  if (Number(lag) <= produceRate * allowed && consumeRate > 0) return 'fine'
  const gain = consumeRate - produceRate
  const needed = before === 'closing' ? 0 : produceRate * 0.05
  return gain > needed ? 'closing' : 'behind'
}

const RANKS: Readonly<Record<VerdictKind, number>> = {
  lost: 0,
  stopped: 1,
  stalled: 2,
  'no-leader': 3,
  ahead: 4,
  rewound: 5,
  behind: 5,
  'no-commit': 6,
  unreadable: 7,
  closing: 8,
  measuring: 9,
  'not-reported': 10,
  'topic-deleted': 11,
  idle: 12,
  fine: 13,
}

/** 0 is the worst. */
export function rankOf(kind: VerdictKind): number {
  return RANKS[kind]
}

/** `bad` loses data or stands still for good, `warn` is to be watched, `calm` is neither. */
export type Tone = 'bad' | 'warn' | 'calm'

export function toneOf({ kind }: Verdict): Tone {
  if (kind === 'lost' || kind === 'stopped') return 'bad'
  return RANKS[kind] <= RANKS.behind ? 'warn' : 'calm'
}

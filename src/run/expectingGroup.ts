import type { Clock } from '../base/clock.ts'
import { problemOf, type Problem } from '../base/problem.ts'
import {
  compileGroupCondition,
  compileGroupSelection,
  type Condition,
} from '../expression/compile.ts'
import type { PlainValue } from '../expression/plain.ts'
import type { GroupVariables } from '../expression/variables.ts'
import type { Cluster } from '../kafka/cluster.ts'
import type { Group } from '../kafka/model.ts'
import { parseDuration } from '../language/values/durations.ts'
import { capture, capturesOf, notAnExpression, type Capture } from './capturing.ts'
import { deadline, slept } from './deadline.ts'
import type { FilledBlock } from './filled.ts'
import type { ExpectFailure } from './results.ts'

/** What an EXPECT GROUP waits for. */
export interface GroupPlan {
  readonly group: string
  readonly topic: string
  /** Ms. */
  readonly within: number
  /** As it is written, for messages. */
  readonly withinText: string
  readonly asserts: readonly Condition<GroupVariables>[]
  readonly captures: readonly Capture<GroupVariables>[]
}

export type PlannedGroup = { readonly plan: GroupPlan } | { readonly problem: Problem }

export function groupPlan({ one, all, block }: FilledBlock): PlannedGroup {
  const [group, topic] = [block.group?.text, one('topic')]
  if (group === undefined || group === '')
    return invalid('K120', 'EXPECT GROUP needs the name of a group.')
  if (topic === undefined) return invalid('K120', 'The EXPECT needs a "topic:".')
  const withinText = one('within') ?? '10s'
  const within = parseDuration(withinText)
  if (!within.ok) return invalid('K206', within.message)
  const asserts: Condition<GroupVariables>[] = []
  for (const text of all('assert')) {
    const compiled = compileGroupCondition(text)
    if ('problem' in compiled)
      return notAnExpression(text, compiled.problem.message, compiled.problem)
    asserts.push(compiled)
  }
  const captures = capturesOf(all('capture'), compileGroupSelection)
  if ('problem' in captures) return captures
  return {
    plan: { group, topic, within: within.value, withinText, asserts, captures: captures.captures },
  }
}

function invalid(code: string, message: string): { readonly problem: Problem } {
  return { problem: { code, message } }
}

export interface GroupContext {
  readonly cluster: Cluster
  readonly clock: Clock
  readonly signal: AbortSignal
  /** What is seen while it waits: `lag 12, Stable, 2 members`. */
  readonly tell: (text: string) => void
}

export interface ExpectedGroup {
  readonly status: 'passed' | 'failed' | 'stopped'
  readonly problem?: Problem
  readonly failure?: ExpectFailure
  /** What was seen last. */
  readonly seen: GroupVariables
  readonly captures: readonly (readonly [name: string, value: PlainValue])[]
}

/** Ms between looks. */
const POLL = 200

/**
 * Looks at a group again and again until every `assert` holds, or the time is over. Where the last
 * look got no answer the outcome has a problem and no failure: how the group is nobody knows.
 */
export async function expectGroup(plan: GroupPlan, context: GroupContext): Promise<ExpectedGroup> {
  const { clock, signal } = context
  const time = deadline(clock, plan.within, signal)
  let look: Look = { nothing: 'nothing was seen of it', seen: {}, problem: notSeen(plan) }
  try {
    do {
      // Looking without an answer: what was seen before is still what is known.
      look = (await lookAt(plan, context, time.signal)) ?? look
      context.tell(lookText(look))
      if (isMet(plan, look)) return met(plan, look)
    } while (await slept(clock, POLL, time.signal))
  } finally {
    time.dispose()
  }
  if (signal.aborted) return { status: 'stopped', seen: look.seen, captures: [] }
  const { seen, problem } = look
  if (problem && isLeftOpen(plan, look)) return { status: 'failed', problem, seen, captures: [] }
  return { status: 'failed', failure: failureOf(plan, look), seen, captures: [] }
}

/** Log ends that nobody tells say nothing about the members of a group. */
function isLeftOpen({ asserts }: GroupPlan, { nothing, seen }: Look): boolean {
  const unmet = asserts.find(condition => condition.evaluate(seen) !== true)
  return nothing !== undefined || (unmet !== undefined && /\b(?:lag|end)\b/.test(unmet.text))
}

function notSeen({ group, withinText }: GroupPlan): Problem {
  return {
    code: 'not-seen',
    message: `How group "${group}" is, is not known: the cluster did not answer within ${withinText}.`,
    advice: 'Give it more time with "within:", or look whether the brokers are well.',
  }
}

/** What was seen at once; `nothing` says why it satisfies nothing. */
interface Look {
  readonly seen: GroupVariables
  readonly nothing?: string
  /** Why the lag is not known. */
  readonly unknown?: string
  /** The cluster did not tell what was asked. */
  readonly problem?: Problem
}

/** Undefined: the time was over before there was an answer. */
async function lookAt(
  plan: GroupPlan,
  context: GroupContext,
  signal: AbortSignal,
): Promise<Look | undefined> {
  try {
    return await lookNow(plan, context.cluster, signal)
  } catch (error) {
    return signal.aborted ? undefined : unanswered(problemOf(error))
  }
}

function unanswered(problem: Problem, seen: GroupVariables = {}): Look {
  return { nothing: problem.message, seen, problem }
}

/** Commits are read before log ends, so that a lag is never too low. */
async function lookNow(
  { group: groupId, topic }: GroupPlan,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<Look> {
  const [group] = await cluster.describeGroups([{ groupId, type: 'unknown' }], { signal })
  if (!group || group.problem?.code === 'GROUP_ID_NOT_FOUND')
    return { nothing: group?.problem?.message ?? `Group ${groupId} does not exist.`, seen: {} }
  if (group.problem) return unanswered(group.problem)
  const about = { state: group.state, members: BigInt(group.members.length) }
  if (group.type === 'share') return lookAtShare(group, topic, about, cluster, signal)
  const [commits] = await cluster.committedOffsets([groupId], { signal })
  if (commits?.problem) return unanswered(commits.problem, about)
  const committed = new Map(
    (commits?.offsets ?? [])
      .filter(offset => offset.topic === topic && offset.committedOffset !== undefined)
      .map(({ partition, committedOffset = 0n }) => [partition, committedOffset] as const),
  )
  if (committed.size === 0) return { nothing: `it has committed nothing for ${topic}`, seen: about }
  return lagOf(topic, committed, about, cluster, signal)
}

async function lagOf(
  topic: string,
  committed: ReadonlyMap<number, bigint>,
  about: GroupVariables,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<Look> {
  const [found] = await cluster.describeTopics([topic], { signal })
  if (!found || found.problem?.code === 'UNKNOWN_TOPIC_OR_PARTITION')
    return { nothing: found?.problem?.message ?? `Topic ${topic} does not exist.`, seen: about }
  if (found.problem) return unanswered(found.problem, about)
  const query = (at: 'latest' | 'earliest', numbers: readonly number[]) =>
    cluster.listOffsets(
      numbers.map(partition => ({ topic, partition, at })),
      { signal },
    )
  const numbers = found.partitions.map(({ partition }) => partition)
  const ends = await query('latest', numbers)
  const silent = numbers.filter(partition => !committed.has(partition))
  const starts = silent.length === 0 ? [] : await query('earliest', silent)
  const startOf = new Map(starts.map(({ partition, offset }) => [partition, offset]))
  let lag: bigint | undefined = 0n
  let unknown: string | undefined
  const untold = ends.find(({ problem }) => problem)?.problem
  for (const { partition, offset: end, problem } of ends) {
    const commit = committed.get(partition)
    // A partition without a commit counts 0 where it is empty, else nobody knows.
    const behind: bigint | undefined =
      end === undefined
        ? undefined
        : commit !== undefined
          ? max(0n, end - commit)
          : startOf.get(partition) === end
            ? 0n
            : undefined
    if (behind === undefined) {
      unknown ??= problem?.message ?? whyUnknown(partition, end)
      lag = undefined
    } else if (lag !== undefined) lag += behind
  }
  const end = sumOf(ends.map(({ offset }) => offset))
  return {
    seen: {
      ...about,
      committed: sum([...committed.values()]),
      ...(end !== undefined && { end }),
      ...(lag !== undefined && { lag }),
    },
    ...(unknown !== undefined && { unknown }),
    ...(untold && { problem: untold }),
  }
}

function whyUnknown(partition: number, end: bigint | undefined): string {
  return end === undefined
    ? `the end of partition ${partition} is not known`
    : `partition ${partition} has records and no commit`
}

/** A share group has no committed offsets: only the broker counts what is not delivered yet. */
async function lookAtShare(
  group: Group,
  topic: string,
  about: GroupVariables,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<Look> {
  const offsets = await cluster.shareGroupOffsets(group.groupId, { signal })
  const own = offsets.filter(offset => offset.topic === topic)
  if (own.length === 0) return { nothing: `it has read nothing of ${topic}`, seen: about }
  const lag = sumOf(own.map(offset => offset.lag))
  if (lag !== undefined) return { seen: { ...about, lag } }
  return {
    seen: about,
    unknown:
      own.find(({ problem }) => problem)?.problem?.message ?? 'brokers tell it from Kafka 4.2 on',
  }
}

function max(left: bigint, right: bigint): bigint {
  return left > right ? left : right
}

function sum(numbers: readonly bigint[]): bigint {
  return numbers.reduce((total, number) => total + number, 0n)
}

/** Unknown where one is unknown. */
function sumOf(numbers: readonly (bigint | undefined)[]): bigint | undefined {
  const known = numbers.filter(number => number !== undefined)
  return known.length === numbers.length ? sum(known) : undefined
}

function isMet({ asserts }: GroupPlan, { seen, nothing }: Look): boolean {
  return nothing === undefined && asserts.every(condition => condition.evaluate(seen) === true)
}

function met({ captures }: GroupPlan, { seen }: Look): ExpectedGroup {
  const captured = capture(captures, seen)
  return 'problem' in captured
    ? { status: 'failed', problem: captured.problem, seen, captures: [] }
    : { status: 'passed', seen, captures: captured.values }
}

function failureOf({ group, topic, withinText, asserts }: GroupPlan, look: Look): ExpectFailure {
  const unmet = asserts.filter(condition => condition.evaluate(look.seen) !== true)
  const what = look.nothing === undefined && unmet.length > 0 ? unmet : asserts
  return {
    message:
      what.length === 0
        ? `the group is not there within ${withinText}`
        : `not so within ${withinText}: ${what.map(({ text }) => text).join(', ')}`,
    read: `group ${group} on ${topic}: ${lookText(look)}`,
  }
}

function lookText({ seen, nothing, unknown }: Look): string {
  const { lag, state, members, committed, end } = seen
  return [
    ...(nothing === undefined ? [] : [nothing.replace(/\.$/, '')]),
    ...(lag === undefined ? [] : [`lag ${lag}`]),
    ...(unknown === undefined ? [] : [`lag unknown: ${unknown.replace(/\.$/, '')}`]),
    ...(state === undefined ? [] : [state]),
    ...(members === undefined ? [] : [`${members} ${members === 1n ? 'member' : 'members'}`]),
    ...(committed === undefined ? [] : [`committed ${committed}`]),
    ...(end === undefined ? [] : [`end ${end}`]),
  ].join(', ')
}

import type { Clock } from '../base/clock.ts'
import { ProblemError, problemOf, type Problem } from '../base/problem.ts'
import type { Condition } from '../expression/compile.ts'
import type { PlainValue } from '../expression/plain.ts'
import type { Variables } from '../expression/variables.ts'
import { decode, shown } from '../formats/formats.ts'
import type { Cluster } from '../kafka/cluster.ts'
import { recordAt } from '../kafka/page.ts'
import type { ReadRequest, ReadUpdate } from '../kafka/reading.ts'
import type { KafkaRecord } from '../kafka/record.ts'
import { partitionsIn } from '../language/values/partitions.ts'
import type { Arrivals } from './arrivals.ts'
import { brokenOf, type Broken } from './asserting.ts'
import { capture } from './capturing.ts'
import { deadline, slept } from './deadline.ts'
import type { ExpectPlan } from './expectPlan.ts'
import { missingPartition } from './missingPartition.ts'
import { recordVariables } from './recordVariables.ts'
import type { Difference, ExpectedSummary, ExpectFailure } from './results.ts'
import type { Mark } from './session.ts'

export interface ExpectContext {
  readonly cluster: Cluster
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Where the topic ended before the first block. */
  readonly mark: Mark | undefined
  /** When the PRODUCER before sent, ms since the epoch. */
  readonly lastSend: number | undefined
  /** Of a topic that was watched before: when its records came. */
  readonly arrivals?: Arrivals | undefined
  /** A time of the day as people read it: `12:00:01.250`. */
  readonly timeOfDay: (time: number) => string
  readonly tell: (read: number, matched: number) => void
}

export interface Expected {
  readonly status: 'passed' | 'failed' | 'stopped'
  readonly problem?: Problem
  readonly failure?: ExpectFailure
  readonly summary: ExpectedSummary
  readonly captures: readonly (readonly [name: string, value: PlainValue])[]
  /** The last record that was selected. */
  readonly record?: KafkaRecord
  readonly notice?: string
}

/**
 * Waits until as many records are selected as are expected, and judges them. It ends with the last
 * of them, or at the deadline; where none is expected only the deadline, or the end that is given,
 * tells that none came. What could not be read is no answer: where it leaves open what came, the
 * outcome has a problem and no failure.
 */
export async function expectRecords(plan: ExpectPlan, context: ExpectContext): Promise<Expected> {
  const search = newSearch(plan, context)
  const time = deadline(context.clock, plan.within, context.signal)
  try {
    const problem = (await readUntil(search, plan, context, time.signal)) ?? search.notJudged()
    if (context.signal.aborted) return { ...search.told(), status: 'stopped' }
    if (!problem) return search.ended()
    const { summary, captures } = search.told()
    return { summary, captures, status: 'failed', problem }
  } finally {
    time.dispose()
  }
}

/** Ms between looks for a topic that is not there yet. */
const POLL = 200

/** Undefined: it was read until enough was found, the end was reached, or the time was over. */
async function readUntil(
  search: Search,
  plan: ExpectPlan,
  context: ExpectContext,
  signal: AbortSignal,
): Promise<Problem | undefined> {
  const { cluster, mark } = context
  if (!plan.from && (!mark || 'problem' in mark)) return mark ? mark.problem : notMarked(plan.topic)
  const stop = new AbortController()
  try {
    const count = await partitionCount(plan.topic, context, signal)
    if (count === undefined) {
      search.noTopic = true
      return undefined
    }
    const missing = missingPartition(plan, count)
    if (missing) return missing
    const request = requestOf(plan, mark, count)
    search.partitions = request.partitions ?? Array.from({ length: count }, (_, index) => index)
    const reading = AbortSignal.any([signal, stop.signal])
    for await (const update of cluster.read(request, { signal: reading }))
      if (search.take(update) || signal.aborted) return undefined
    if (signal.aborted) return undefined
    // Without an end reading goes on until it is stopped, or something is wrong.
    if (!plan.to) return search.notJudged() ?? readingEnded(plan.topic)
    search.isAtEnd = true
    return undefined
  } catch (error) {
    return signal.aborted ? undefined : problemOf(error)
  } finally {
    stop.abort()
  }
}

/** Waits for the topic; undefined: it did not come in time. */
async function partitionCount(
  topic: string,
  { cluster, clock }: ExpectContext,
  signal: AbortSignal,
): Promise<number | undefined> {
  for (;;) {
    const [found] = await cluster.describeTopics([topic], { signal })
    if (found && !found.problem) return found.partitions.length
    const problem = found?.problem
    if (problem && problem.code !== 'UNKNOWN_TOPIC_OR_PARTITION') throw new ProblemError(problem)
    if (!(await slept(clock, POLL, signal))) return undefined
  }
}

function notMarked(topic: string): Problem {
  return {
    code: 'K305',
    message: `Topic "${topic}" is known only after a capture: where it ended before the run is not known.`,
    advice: 'Say where to start with "from:".',
  }
}

function readingEnded(topic: string): Problem {
  return { code: 'reading-ended', message: `Reading topic "${topic}" ended before it was over.` }
}

function requestOf(plan: ExpectPlan, mark: Mark | undefined, count: number): ReadRequest {
  const { topic, to, isolation, partitions } = plan
  const ends = mark && 'ends' in mark ? mark.ends : new Map<number, bigint>()
  const marked = new Map(
    [...ends].map(([partition, offset]) => [partition, { kind: 'offset', offset }] as const),
  )
  return {
    topic,
    // A partition that was not there at the mark was made since: all of it is new.
    from: plan.from ?? { all: { kind: 'earliest' }, byPartition: marked },
    ...(partitions && { partitions: partitionsIn(partitions, count) }),
    ...(to && { to }),
    ...(isolation && { isolation }),
  }
}

interface Search {
  noTopic: boolean
  /** All that `to` asks for was read. */
  isAtEnd: boolean
  partitions: readonly number[]
  /** True: enough is known. */
  take(update: ReadUpdate): boolean
  /** Why it is not known whether enough came: reading did not begin, or a partition cannot be read. */
  notJudged(): Problem | undefined
  /** What is known by now. */
  told(): Pick<Expected, 'summary' | 'captures' | 'notice'>
  /** What became of it when nothing more is read. */
  ended(): Expected
}

interface Selected {
  readonly record: KafkaRecord
  readonly variables: Variables
  readonly latency: number | undefined
}

interface Candidate {
  readonly score: number
  readonly record: KafkaRecord
  readonly why: string
  readonly differences: readonly Difference[]
}

function newSearch(plan: ExpectPlan, context: ExpectContext): Search {
  const { clock, lastSend } = context
  const selected: {
    count: number
    first?: Selected
    last?: Selected
    broken?: Broken | undefined
  } = {
    count: 0,
  }
  const undecodable = newTimes()
  const failures = newTimes()
  const problems = new Map<number, Problem>()
  let begun = false
  let closest: Candidate | undefined
  let read = 0
  const wanted = Math.max(1, plan.count)

  const search: Search = {
    noTopic: false,
    isAtEnd: false,
    partitions: [],
    take(update) {
      begun = true
      const arrival = clock.now()
      for (const page of update.pages) {
        for (const { offset, message, moved } of page.errors)
          if (!moved)
            undecodable.note(`partition ${page.partition} offset ${offset}: ${lowered(message)}`)
        for (let index = 0; index < page.count && selected.count < wanted; index++) {
          read++
          look(recordAt(page, index), arrival)
        }
      }
      for (const { partition, problem } of update.progress) {
        if (problem) problems.set(partition, problem)
        else problems.delete(partition)
      }
      context.tell(read, selected.count)
      return selected.count >= wanted
    },
    notJudged() {
      if (selected.count >= wanted || search.noTopic) return undefined
      if (!begun) return notBegun(plan)
      return problems.size > 0 ? notReadable(plan.topic, problems) : undefined
    },
    told: () => ({
      summary: summary(),
      captures: [],
      ...(problems.size > 0 && { notice: noticeOf(problems) }),
    }),
    ended() {
      const { first, last, broken } = selected
      if (plan.count === 0) return first ? failed(cameAnyway(first)) : passed([])
      if (selected.count < plan.count) return failed(nothingFound())
      if (broken) return failed(brokenText(broken))
      const captured = last && capture(plan.captures, last.variables)
      if (captured && 'problem' in captured)
        return { ...search.told(), status: 'failed', problem: captured.problem }
      return passed(captured?.values ?? [])
    },
  }
  return search

  function look(record: KafkaRecord, arrival: number): void {
    const { formats } = plan
    const arrived = Math.min(arrival, context.arrivals?.timeOf(record) ?? arrival)
    const latency = lastSend === undefined ? undefined : Math.max(0, arrived - lastSend)
    const variables = recordVariables(record, formats, latency)
    const decoded = decodedValue(variables)
    if ('problem' in decoded) {
      undecodable.note(
        `partition ${record.partition} offset ${record.offset}: ${lowered(decoded.problem)}`,
      )
    }
    const candidate = candidateOf(record, variables, decoded)
    if (candidate === undefined) select({ record, variables, latency })
    else if (!closest || candidate.score <= closest.score) closest = candidate
  }

  /** Judged at once, so that of many only the last is held. */
  function select(found: Selected): void {
    selected.count++
    selected.first ??= found
    selected.last = found
    selected.broken ??= brokenOf(plan.asserts, found)
  }

  /** Undefined: it is selected. Of two that are as close the later one is told. */
  function candidateOf(
    record: KafkaRecord,
    variables: Variables,
    decoded: Decoded,
  ): Candidate | undefined {
    const keyFits = plan.isKey?.(record.key) ?? true
    const unmet = plan.matches.filter(condition => !holds(condition, variables, failures))
    const { matches, differences, distance } = patternOf(plan, decoded)
    if (keyFits && unmet.length === 0 && matches) return undefined
    const why = [
      ...(keyFits ? [] : ['key differs']),
      ...unmet.map(({ text }) => `does not hold: ${text}`),
    ].join(', ')
    const score = (keyFits ? 0 : ANOTHER_KEY) + unmet.length + distance
    return { score, record, why: why === '' ? 'value differs' : why, differences }
  }

  function summary(): ExpectedSummary {
    const { last, count } = selected
    return {
      topic: plan.topic,
      read,
      matched: count,
      ...(last && {
        record: {
          partition: last.record.partition,
          offset: last.record.offset,
          // Without a watch for arrivals it is known only when somebody looked.
          ...(context.arrivals && last.latency !== undefined && { latency: last.latency }),
        },
      }),
    }
  }

  function passed(captures: Expected['captures']): Expected {
    const record = selected.last?.record
    return { ...search.told(), status: 'passed', captures, ...(record && { record }) }
  }

  function failed(failure: Pick<ExpectFailure, 'message' | 'closest'>): Expected {
    const record = selected.last?.record
    return {
      ...search.told(),
      status: 'failed',
      ...(record && { record }),
      failure: {
        ...failure,
        read: readText(),
        ...undecodable.told('undecodable'),
        ...failures.told('failures'),
      },
    }
  }

  function nothingFound(): Pick<ExpectFailure, 'message' | 'closest'> {
    const found = selected.count
    const what =
      plan.count === 1 ? 'no matching record' : `${found} of ${plan.count} matching records`
    const where = search.isAtEnd ? 'up to the end' : `within ${plan.withinText}`
    return { message: `${what} ${where}`, ...(closest && { closest: closestOf(closest) }) }
  }

  function cameAnyway({ record }: Selected): Pick<ExpectFailure, 'message' | 'closest'> {
    const candidate = { record, why: 'it matches', score: 0, differences: [] }
    return { message: 'a record came that was not to come', closest: closestOf(candidate) }
  }

  function brokenText({ record, differences }: Broken) {
    const conditions = differences.map(({ path }) => path).join(', ')
    return {
      message: `a record came, but it is not so: ${conditions}`,
      closest: closestOf({ record, why: 'it matches', score: 0, differences }),
    }
  }

  function closestOf({
    record,
    why,
    differences,
  }: Candidate): NonNullable<ExpectFailure['closest']> {
    const { partition, offset } = record
    return { partition, offset, key: keyText(record), why, differences }
  }

  function keyText({ key }: KafkaRecord): string {
    const decoded = decode(plan.formats.key, key)
    const text = decoded.kind === 'problem' ? '(undecodable)' : shown(decoded)
    return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
  }

  function readText(): string {
    if (search.noTopic) return `topic ${plan.topic} did not come to be`
    const records = read === 1 ? '1 record' : `${read} records`
    const start = plan.fromText === undefined ? sinceMark(context) : ` from ${plan.fromText}`
    return `read ${records} from ${plan.topic} ${rangesText(search.partitions)}${start}`
  }
}

/** How often something went wrong, and how at first. */
interface Times {
  note(text: string): void
  /** Under that name; nothing where there is nothing to tell. */
  told(name: 'undecodable' | 'failures'): Pick<ExpectFailure, 'undecodable' | 'failures'>
}

function newTimes(): Times {
  let count = 0
  let first = ''
  return {
    note(text) {
      if (count++ === 0) first = text
    },
    told: name => (count === 0 ? {} : { [name]: { count, first } }),
  }
}

/** More than any number of fields that differ: a record of the same key says more. */
const ANOTHER_KEY = 1_000_000
const LONGEST = 80

function sinceMark({ mark, timeOfDay }: ExpectContext): string {
  if (!mark || 'problem' in mark) return ''
  return ` since ${timeOfDay(mark.takenAt)} (run mark)`
}

/** `[0-2,5]`. */
export function rangesText(partitions: readonly number[]): string {
  const parts: string[] = []
  for (let at = 0; at < partitions.length; at++) {
    const from = partitions[at] ?? 0
    while (partitions[at + 1] === (partitions[at] ?? 0) + 1) at++
    const to = partitions[at] ?? 0
    parts.push(from === to ? `${from}` : `${from}-${to}`)
  }
  return `[${parts.join(',')}]`
}

type Decoded = { readonly value: unknown } | { readonly problem: string }

function decodedValue(variables: Variables): Decoded {
  try {
    return { value: variables.value }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}

function patternOf({ pattern }: ExpectPlan, decoded: Decoded) {
  if (!pattern) return { matches: true, differences: [], distance: 0 }
  return pattern.match('problem' in decoded ? undefined : decoded.value)
}

function holds(condition: Condition, variables: Variables, failures: Times): boolean {
  const result = condition.evaluate(variables)
  if (typeof result !== 'boolean') failures.note(result.failure)
  return result === true
}

function noticeOf(problems: ReadonlyMap<number, Problem>): string {
  const [first] = problems
  const more = problems.size > 1 ? ` And ${problems.size - 1} more.` : ''
  return first ? `Partition ${first[0]} could not be read: ${first[1].message}${more}` : ''
}

function notReadable(topic: string, problems: ReadonlyMap<number, Problem>): Problem | undefined {
  const [first] = problems
  if (!first) return undefined
  const [partition, problem] = first
  const others = problems.size > 1 ? `, nor can ${problems.size - 1} more` : ''
  return {
    ...problem,
    message: `What came is not known: partition ${partition} of "${topic}" cannot be read${others}. ${problem.message}`,
  }
}

function notBegun({ topic, withinText }: ExpectPlan): Problem {
  return {
    code: 'not-read',
    message: `What came is not known: the cluster did not answer within ${withinText}, so that "${topic}" was not read.`,
    advice: 'Give it more time with "within:", or look whether the brokers are well.',
  }
}

/** A sentence within a sentence. */
function lowered(message: string): string {
  return message.replace(/\.$/, '')
}

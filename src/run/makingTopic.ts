import type { Clock } from '../base/clock.ts'
import { integerOf } from '../base/numerals.ts'
import { problemOf, type Problem } from '../base/problem.ts'
import type { Cluster, NewTopic } from '../kafka/cluster.ts'
import type { Topic } from '../kafka/model.ts'
import { parseHeader } from '../language/values/headers.ts'
import { deadline, slept } from './deadline.ts'
import type { FilledBlock } from './filled.ts'

/** What a TOPIC makes sure of. */
export interface TopicPlan {
  readonly topic: NewTopic
  readonly ifExists: 'keep' | 'fail' | 'recreate'
}

export type PlannedTopic = { readonly plan: TopicPlan } | { readonly problem: Problem }

export function topicPlan({ one, all }: FilledBlock): PlannedTopic {
  const name = one('topic')
  if (name === undefined) return invalid('K120', 'The TOPIC needs a "topic:".')
  const partitions = countOf(one('partitions'))
  const replicationFactor = countOf(one('replication'))
  for (const text of [one('partitions'), one('replication')])
    if (text !== undefined && countOf(text) === undefined)
      return invalid('K205', `"${text}" is not a count.`)
  const configs: Record<string, string> = {}
  for (const text of all('config')) {
    const config = parseHeader(text)
    if (!config) return invalid('K111', `"${text}" is not "name = value".`)
    configs[config.name.text] = config.value?.text ?? 'null'
  }
  const ifExists = one('if-exists') ?? 'keep'
  if (ifExists !== 'keep' && ifExists !== 'fail' && ifExists !== 'recreate')
    return invalid('K202', `"${ifExists}" is not a value of "if-exists:".`)
  return {
    plan: {
      topic: {
        name,
        ...(partitions !== undefined && { partitions }),
        ...(replicationFactor !== undefined && { replicationFactor }),
        ...(Object.keys(configs).length > 0 && { configs }),
      },
      ifExists,
    },
  }
}

function countOf(text: string | undefined): number | undefined {
  const count = text === undefined ? undefined : integerOf(text)
  return count !== undefined && count > 0n && count <= 2_147_483_647n ? Number(count) : undefined
}

function invalid(code: string, message: string): { readonly problem: Problem } {
  return { problem: { code, message } }
}

export interface TopicContext {
  readonly cluster: Cluster
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Topics may be deleted and made anew. */
  readonly disposable: boolean
}

export interface MadeTopic {
  readonly status: 'passed' | 'failed' | 'stopped' | 'refused'
  readonly problem?: Problem
  readonly did?: 'created' | 'kept' | 'recreated'
  /** In what the topic that is there differs. */
  readonly notice?: string
}

/** Ms for a topic to be there with all its leaders, and to be gone after it was deleted. */
const PATIENCE = 30_000
const POLL = 100

/** Makes sure that a topic is there, and ready: every partition has a leader. */
export async function makeTopic(plan: TopicPlan, context: TopicContext): Promise<MadeTopic> {
  const time = deadline(context.clock, PATIENCE, context.signal)
  try {
    return await make(plan, { ...context, signal: time.signal })
  } catch (error) {
    if (context.signal.aborted) return { status: 'stopped' }
    return { status: 'failed', problem: time.passed ? tooSlow(plan.topic.name) : problemOf(error) }
  } finally {
    time.dispose()
  }
}

async function make(plan: TopicPlan, context: TopicContext): Promise<MadeTopic> {
  const { name } = plan.topic
  const found = await find(name, context)
  if (found?.problem) return { status: 'failed', problem: found.problem }
  if (!found) return create(plan, 'created', context)
  if (plan.ifExists === 'keep') return keep(plan, found, context)
  if (plan.ifExists === 'fail') return { status: 'failed', problem: alreadyThere(name) }
  if (!context.disposable) return { status: 'refused', problem: notDisposable(name) }
  const [deleted] = await context.cluster.deleteTopics([name], context)
  if (deleted?.problem) return { status: 'failed', problem: deleted.problem }
  await until(context, async () => (await find(name, context)) === undefined)
  return create(plan, 'recreated', context)
}

/** Undefined: it is not there. */
async function find(name: string, { cluster, signal }: TopicContext): Promise<Topic | undefined> {
  const [topic] = await cluster.describeTopics([name], { signal })
  return topic?.problem?.code === 'UNKNOWN_TOPIC_OR_PARTITION' ? undefined : topic
}

async function create(
  plan: TopicPlan,
  did: 'created' | 'recreated',
  context: TopicContext,
): Promise<MadeTopic> {
  const { cluster, signal } = context
  const { name } = plan.topic
  let problem: Problem | undefined
  await until(context, async () => {
    problem = (await cluster.createTopics([plan.topic], { signal }))[0]?.problem
    // Deleting goes on for a moment after the topic is not to be seen any more.
    return problem?.code !== 'TOPIC_ALREADY_EXISTS' || did !== 'recreated'
  })
  // Somebody else was faster: that is as good, where it may be kept.
  if (problem?.code === 'TOPIC_ALREADY_EXISTS' && plan.ifExists === 'keep') {
    const found = await find(name, context)
    if (found) return keep(plan, found, context)
  }
  if (problem) return { status: 'failed', problem }
  await until(context, async () => isReady(await find(name, context), plan.topic.partitions))
  return { status: 'passed', did }
}

function isReady(topic: Topic | undefined, partitions: number | undefined): boolean {
  if (!topic || topic.problem || topic.partitions.length === 0) return false
  if (partitions !== undefined && topic.partitions.length < partitions) return false
  return topic.partitions.every(({ leader }) => leader !== undefined)
}

async function keep(plan: TopicPlan, topic: Topic, context: TopicContext): Promise<MadeTopic> {
  const differences = [
    ...shapeDifferences(plan.topic, topic),
    ...(await configDifferences(plan, context)),
  ]
  return {
    status: 'passed',
    did: 'kept',
    ...(differences.length > 0 && {
      notice: `Topic "${plan.topic.name}" is kept as it is: ${differences.join('; ')}.`,
    }),
  }
}

function shapeDifferences(wanted: NewTopic, { partitions }: Topic): string[] {
  const differences: string[] = []
  if (wanted.partitions !== undefined && wanted.partitions !== partitions.length)
    differences.push(`it has ${counted(partitions.length, 'partition')}, not ${wanted.partitions}`)
  const replicas = Math.max(0, ...partitions.map(partition => partition.replicas.length))
  if (wanted.replicationFactor !== undefined && wanted.replicationFactor !== replicas)
    differences.push(`it has ${counted(replicas, 'replica')} each, not ${wanted.replicationFactor}`)
  return differences
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}

async function configDifferences(
  { topic: { name, configs } }: TopicPlan,
  { cluster, signal }: TopicContext,
): Promise<readonly string[]> {
  if (!configs) return []
  const entries = (await cluster.topicConfigs([name], { signal })).get(name)
  // Whoever may not read the configs does not learn in what they differ.
  if (!entries || 'code' in entries) return ['its configs cannot be read']
  return Object.entries(configs).flatMap(([config, wanted]) => {
    const value = entries.find(entry => entry.name === config)?.value
    return value === wanted ? [] : [`${config} is ${value ?? 'not set'}, not ${wanted}`]
  })
}

/** Asks until it is so. Rejects when the signal aborts. */
async function until({ clock, signal }: TopicContext, isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo()))
    if (!(await slept(clock, POLL, signal))) throw new Error('The time is over.')
}

function alreadyThere(name: string): Problem {
  return {
    code: 'TOPIC_ALREADY_EXISTS',
    message: `Topic "${name}" exists already.`,
    advice: 'Delete it, or write "if-exists: keep".',
  }
}

function notDisposable(name: string): Problem {
  return {
    code: 'not-disposable',
    message: `Topic "${name}" exists, and this cluster is not marked as one whose topics may be deleted.`,
    advice: 'Mark the cluster as disposable, or write "if-exists: keep".',
  }
}

function tooSlow(name: string): Problem {
  return {
    code: 'timeout',
    message: `Topic "${name}" was not ready within ${PATIENCE / 1000} s.`,
    advice: 'Look whether all brokers are there.',
  }
}

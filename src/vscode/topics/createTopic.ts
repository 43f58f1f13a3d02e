import * as vscode from 'vscode'
import { problemOf, type Problem } from '../../base/problem.ts'
import type { Cluster, NewTopic } from '../../kafka/cluster.ts'
import type { SavedCluster } from '../clusters/clusters.ts'
import { askText, walkSteps, type Step, type StepAnswer, type TextStep } from '../clusters/steps.ts'
import { countError, protectedText, readConfigs, readCount, topicNameError } from './topicRules.ts'

interface TopicDraft {
  readonly name: string
  readonly partitions: string
  readonly replication: string
  readonly configs: string
}

type StepName = keyof TopicDraft
const STEPS: readonly StepName[] = ['name', 'partitions', 'replication', 'configs']

/** Asks for a topic and creates it; what the broker refuses can be corrected. Answers its name. */
export async function createTopic(
  saved: SavedCluster,
  cluster: Cluster,
  name: string,
): Promise<string | undefined> {
  const steps = topicSteps(await existingTopics(cluster), await brokerCount(cluster))
  const title = `Create Topic on ${saved.name}`
  let draft: TopicDraft = { name, partitions: '', replication: '', configs: '' }
  for (;;) {
    const next = await walkSteps(title, draft, () => STEPS, steps)
    if (!next) return undefined
    draft = next
    if (saved.protected && !(await confirmProtected(saved, draft.name))) return undefined
    const problem = await create(cluster, newTopic(draft))
    if (!problem) return draft.name
    if (!(await askToCorrect(draft.name, problem))) return undefined
  }
}

/** To warn of a name that is taken; where topics may not be listed, the broker will say so. */
async function existingTopics(cluster: Cluster): Promise<readonly string[]> {
  try {
    return (await cluster.listTopics()).map(({ name }) => name)
  } catch {
    return []
  }
}

async function brokerCount(cluster: Cluster): Promise<number | undefined> {
  try {
    return (await cluster.describe()).brokers.length
  } catch {
    return undefined
  }
}

function topicSteps(
  existing: readonly string[],
  brokers: number | undefined,
): Record<StepName, Step<TopicDraft>> {
  const step = (
    name: StepName,
    options: Pick<TextStep, 'prompt' | 'placeholder' | 'validate'>,
  ): Step<TopicDraft> => {
    return async (draft, place) => {
      const answer = await askText({ ...place, ...options, value: draft[name] })
      return withField(draft, name, answer)
    }
  }
  return {
    name: step('name', {
      prompt: 'The name of the topic.',
      placeholder: 'orders',
      validate: text => topicNameError(text.trim(), existing),
    }),
    partitions: step('partitions', {
      prompt: "How many partitions. Empty: the broker's default.",
      placeholder: "the broker's default",
      validate: text => countError(text, 'partitions'),
    }),
    replication: step('replication', {
      prompt: "How many replicas of each partition. Empty: the broker's default.",
      placeholder: "the broker's default",
      validate: text => countError(text, 'replicas', brokers),
    }),
    configs: step('configs', {
      prompt:
        'Configs as name=value, separated by blanks: cleanup.policy=compact retention.ms=3600000. Empty: none.',
      placeholder: 'cleanup.policy=compact',
      validate: text => {
        const answer = readConfigs(text)
        return answer.kind === 'invalid' ? answer.message : undefined
      },
    }),
  }
}

function withField(
  draft: TopicDraft,
  name: StepName,
  answer: StepAnswer<string>,
): StepAnswer<TopicDraft> {
  return typeof answer === 'string' ? answer : { value: { ...draft, [name]: answer.value.trim() } }
}

function newTopic(draft: TopicDraft): NewTopic {
  const partitions = readCount(draft.partitions)
  const replicationFactor = readCount(draft.replication)
  const answer = readConfigs(draft.configs)
  const configs = answer.kind === 'configs' ? answer.configs : {}
  return {
    name: draft.name,
    ...(partitions !== undefined && { partitions }),
    ...(replicationFactor !== undefined && { replicationFactor }),
    ...(Object.keys(configs).length > 0 && { configs }),
  }
}

async function create(cluster: Cluster, topic: NewTopic): Promise<Problem | undefined> {
  try {
    const [outcome] = await cluster.createTopics([topic])
    return outcome?.problem
  } catch (error) {
    return problemOf(error)
  }
}

async function confirmProtected(saved: SavedCluster, topic: string): Promise<boolean> {
  const text = protectedText(saved.name, `create the topic "${topic}"`)
  return (await vscode.window.showWarningMessage(text, { modal: true }, 'Create')) === 'Create'
}

/** The broker's own words: it knows best what it does not like. */
async function askToCorrect(topic: string, problem: Problem): Promise<boolean> {
  const { message, advice, detail } = problem
  const known = detail === undefined || message.includes(detail)
  const chosen = await vscode.window.showErrorMessage(
    `"${topic}" was not created.`,
    {
      modal: true,
      detail: [message, known ? undefined : detail, advice].filter(Boolean).join('\n\n'),
    },
    'Edit',
  )
  return chosen === 'Edit'
}

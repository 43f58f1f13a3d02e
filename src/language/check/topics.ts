import type { Settings } from '../settings.ts'
import { propertyOf, type Block, type KafkaFile, type Property, type Severity } from '../tree.ts'
import { quoted } from '../words.ts'
import type { Knowledge, KnownCluster } from './knowledge.ts'
import type { Report } from './report.ts'

const TOPIC_NAME = /^[A-Za-z0-9._-]{1,249}$/

/** Kafka's own rule for the name of a topic (`org.apache.kafka.common.internals.Topic`). */
function isTopicName(name: string): boolean {
  return TOPIC_NAME.test(name) && name !== '.' && name !== '..'
}

/** K123. A name with a template is known only when it runs. */
export function checkTopicName(block: Block, property: Property, report: Report): void {
  const name = property.value
  if (!name || name.includes('{{') || isTopicName(name)) return
  const rule =
    name === '.' || name === '..'
      ? 'it cannot be "." or ".."'
      : 'only letters, digits, ".", "_" and "-", at most 249'
  report.add('K123', 'error', property.valueSpan, `${quoted(name)} is not a topic name: ${rule}.`, {
    block,
  })
}

/** What the check of unknown topics needs to know, and remembers across a file. */
export interface TopicCheck {
  readonly settings: Settings
  readonly clusterOf: (block: Block) => KnownCluster | undefined
  readonly made: ReadonlyMap<KnownCluster, ReadonlySet<string>>
  /** What was said of a topic that several blocks inherit, by the cluster that it was said for. */
  readonly told: Map<KnownCluster, Set<Property>>
  readonly report: Report
}

export function newTopicCheck(
  file: KafkaFile,
  settings: Settings,
  knowledge: Knowledge,
  report: Report,
): TopicCheck {
  const clusterOf = knowledge.clusterOf ?? (() => undefined)
  return { settings, clusterOf, made: topicsMadeBy(file, clusterOf), told: new Map(), report }
}

/**
 * K403: a topic that the cluster of the block does not have, said where the topic is given, which
 * may be in DEFAULTS. Without knowledge of the cluster nothing is said.
 */
export function checkTopicExists(block: Block, check: TopicCheck): void {
  if (block.kind === 'TOPIC' || block.kind === 'DEFAULTS') return
  const cluster = check.clusterOf(block)
  const property = check.settings.one(block, 'topic')
  const name = property?.value ?? ''
  if (!cluster || !property || !isTopicName(name) || cluster.topics.has(name)) return
  if (check.made.get(cluster)?.has(name) || isTold(cluster, property, check)) return
  const [severity, consequence] = consequenceOf(cluster.autoCreate)
  check.report.add(
    'K403',
    severity,
    property.valueSpan,
    `Unknown topic ${quoted(name)}. ${consequence}`,
    { block, fixes: [{ title: `Create topic ${quoted(name)}`, edits: [], createTopic: name }] },
  )
}

function isTold(cluster: KnownCluster, property: Property, { told }: TopicCheck): boolean {
  const properties = told.get(cluster) ?? new Set()
  told.set(cluster, properties)
  if (properties.has(property)) return true
  properties.add(property)
  return false
}

function consequenceOf(autoCreate: boolean | undefined): [Severity, string] {
  if (autoCreate === undefined) return ['warning', 'The cluster might not create it by itself.']
  return autoCreate
    ? ['information', 'The cluster creates it when the first record is sent.']
    : ['error', 'The cluster does not create topics by itself.']
}

/** The topics that TOPIC blocks of the file create, by the cluster that they go to. */
function topicsMadeBy(
  file: KafkaFile,
  clusterOf: TopicCheck['clusterOf'],
): ReadonlyMap<KnownCluster, ReadonlySet<string>> {
  const made = new Map<KnownCluster, Set<string>>()
  for (const block of file.blocks) {
    const topic = block.kind === 'TOPIC' ? propertyOf(block, 'topic')?.value : undefined
    const cluster = topic ? clusterOf(block) : undefined
    if (!cluster || !topic) continue
    made.set(cluster, (made.get(cluster) ?? new Set<string>()).add(topic))
  }
  return made
}

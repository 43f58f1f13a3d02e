import type { Block, KafkaFile, Property } from '../tree.ts'
import { quoted } from '../words.ts'
import type { Knowledge } from './check.ts'
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

/** K403: a topic that the cluster does not have. Without knowledge of the cluster nothing is said. */
export function checkTopicExists(
  block: Block,
  property: Property,
  made: ReadonlySet<string>,
  knowledge: Knowledge,
  report: Report,
): void {
  const name = property.value ?? ''
  const { topics, autoCreate } = knowledge
  if (!topics || !isTopicName(name) || topics.has(name) || made.has(name)) return
  const [severity, consequence] =
    autoCreate === undefined
      ? (['warning', 'The cluster might not create it by itself.'] as const)
      : autoCreate
        ? (['information', 'The cluster creates it when the first record is sent.'] as const)
        : (['error', 'The cluster does not create topics by itself.'] as const)
  report.add(
    'K403',
    severity,
    property.valueSpan,
    `Unknown topic ${quoted(name)}. ${consequence}`,
    { block, fixes: [{ title: `Create topic ${quoted(name)}`, edits: [], createTopic: name }] },
  )
}

/** The topics that TOPIC blocks of the file create. */
export function topicsMadeBy(file: KafkaFile): ReadonlySet<string> {
  const names = new Set<string>()
  for (const block of file.blocks) {
    if (block.kind !== 'TOPIC') continue
    const topic = block.properties.findLast(property => property.name === 'topic')
    if (topic?.value) names.add(topic.value)
  }
  return names
}

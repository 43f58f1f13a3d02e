import { plural } from '../../lag/format.ts'

/**
 * What is wrong with the name of a new topic, or undefined. The rules are Kafka's
 * (org.apache.kafka.common.internals.Topic).
 */
export function topicNameError(name: string, existing: readonly string[]): string | undefined {
  if (name === '') return 'Enter the name of the topic.'
  if (name === '.' || name === '..') return `"${name}" is not a topic name.`
  const wrong = /[^A-Za-z0-9._-]/.exec(name)
  if (wrong) {
    return `"${wrong[0]}" cannot stand in a topic name: only letters, digits, ".", "_" and "-".`
  }
  if (name.length > 249) return `The name has ${name.length} characters; at most 249 are allowed.`
  if (existing.includes(name)) return `There is a topic "${name}" already.`
  const twin = existing.find(other => metricName(other) === metricName(name))
  // Kafka refuses such a pair (INVALID_TOPIC_EXCEPTION): their metrics would have the same name.
  return twin === undefined
    ? undefined
    : `"${twin}" exists: two names that differ only in "." and "_" collide.`
}

function metricName(name: string): string {
  return name.replaceAll('.', '_')
}

/** What is wrong with a number of partitions or replicas, or undefined. Empty: the broker decides. */
export function countError(text: string, what: string, most?: number): string | undefined {
  if (text.trim() === '') return undefined
  const value = Number(text.trim())
  if (!/^\d+$/.test(text.trim()) || value < 1) return `Enter a number of ${what}, at least 1.`
  if (most !== undefined && value > most) {
    return `The cluster has ${plural(most, 'broker')}, so there can be at most ${most} ${what}.`
  }
  return undefined
}

/** The number, or undefined where the broker is to decide. */
export function readCount(text: string): number | undefined {
  return text.trim() === '' ? undefined : Number(text.trim())
}

export type ConfigsAnswer =
  | { readonly kind: 'configs'; readonly configs: Readonly<Record<string, string>> }
  | { readonly kind: 'invalid'; readonly message: string }

/**
 * Configs as `name=value`, separated by blanks or semicolons: values may hold commas, as
 * `cleanup.policy=compact,delete` does. Whether a name exists is for the broker to say.
 */
export function readConfigs(text: string): ConfigsAnswer {
  const configs: Record<string, string> = {}
  for (const part of text.split(/[\s;]+/).filter(Boolean)) {
    const at = part.indexOf('=')
    const name = part.slice(0, at)
    if (at < 1)
      return invalid(`"${part}" has no value. Write name=value, as in retention.ms=3600000.`)
    if (!/^[a-z][a-z0-9.-]*$/.test(name)) return invalid(`"${name}" is not the name of a config.`)
    if (name in configs) return invalid(`"${name}" is given twice.`)
    configs[name] = part.slice(at + 1)
  }
  return { kind: 'configs', configs }
}

function invalid(message: string): ConfigsAnswer {
  return { kind: 'invalid', message }
}

/** K402: a protected cluster asks before anything changes it. */
export function protectedText(clusterName: string, action: string): string {
  return `"${clusterName}" is protected. Confirm to ${action}.`
}

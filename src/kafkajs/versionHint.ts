import type { ApiRanges } from './protocol/schema.ts'

const FETCH = 1
const LIST_OFFSETS = 2
const METADATA = 3
const DESCRIBE_CLUSTER = 60
const LIST_CONFIG_RESOURCES = 74
const DESCRIBE_TOPIC_PARTITIONS = 75

/** The first release whose brokers understand a version of a request, newest first. */
const SIGNS: readonly (readonly [key: number, version: number, release: string])[] = [
  [LIST_OFFSETS, 11, '4.2 or newer'],
  [FETCH, 18, '4.1'],
  [METADATA, 13, '4.0'],
  [FETCH, 17, '3.9'],
  [DESCRIBE_TOPIC_PARTITIONS, 0, '3.8'],
  [LIST_CONFIG_RESOURCES, 0, '3.7'],
  [FETCH, 15, '3.5 or 3.6'],
  [FETCH, 13, '3.1 to 3.4'],
  [DESCRIBE_CLUSTER, 0, '2.8 or 3.0'],
]

/** Kafka does not tell its release; what it understands does, within limits. */
export function versionHint(ranges: ApiRanges): string {
  const sign = SIGNS.find(([key, version]) => (ranges.get(key)?.max ?? -1) >= version)
  return sign?.[2] ?? '2.7 or older'
}

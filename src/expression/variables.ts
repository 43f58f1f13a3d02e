/**
 * What an expression can name (kafka-file specification, section 4), by CEL's type. `dyn`: known
 * only when the record is there.
 */
export const VARIABLE_TYPES = {
  topic: 'string',
  partition: 'int',
  offset: 'int',
  timestamp: 'int',
  key: 'dyn',
  value: 'dyn',
  headers: 'map<string, dyn>',
  size: 'int',
  latency: 'dyn',
} as const

/** What an expression of `EXPECT GROUP` can name. What is not known is absent, and fails it. */
export const GROUP_VARIABLE_TYPES = {
  lag: 'int',
  state: 'string',
  members: 'int',
  committed: 'int',
  end: 'int',
} as const

export type VariableName = keyof typeof VARIABLE_TYPES

export const VARIABLE_NAMES: readonly string[] = Object.keys(VARIABLE_TYPES)

export function isVariable(name: string): name is VariableName {
  return Object.hasOwn(VARIABLE_TYPES, name)
}

/**
 * A record as an expression sees it. Only what the expression names is read, so a getter makes a
 * part lazy; a getter that throws fails the expression with its message. Undefined is not known.
 * Values inside `key` and `value` are what CEL computes with: bigint for int, number for double,
 * string, boolean, null, arrays, and plain objects or Maps.
 */
export interface Variables {
  readonly topic?: string
  readonly partition?: bigint | undefined
  readonly offset?: bigint
  /** Ms since the epoch. */
  readonly timestamp?: bigint | undefined
  readonly key?: unknown
  readonly value?: unknown
  /** By name; of duplicates the last. */
  readonly headers?: ReadonlyMap<string, string | null>
  /** Bytes of key, value, header names and header values. */
  readonly size?: bigint
  /** Ms from a PRODUCER's send to the record's arrival. */
  readonly latency?: number
}

/** A consumer group and a topic as an expression sees them. Offsets are sums over the partitions. */
export interface GroupVariables {
  readonly lag?: bigint
  readonly state?: string
  readonly members?: bigint
  readonly committed?: bigint
  readonly end?: bigint
}

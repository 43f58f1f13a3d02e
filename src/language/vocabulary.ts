import type { BlockKind } from './tree.ts'

/** What stands after a property's colon. */
export type ValueKind =
  | 'topic'
  | 'format'
  | 'schema'
  | 'headers'
  | 'assignment'
  | 'capture'
  | 'duration'
  | 'rate'
  | 'position'
  | 'partitions'
  | 'integer'
  | 'time'
  | 'file'
  | 'choice'
  | 'expression'
  | 'text'

export interface PropertyDefinition {
  readonly name: string
  readonly kind: ValueKind
  /** May stand several times; otherwise the last one counts. */
  readonly repeatable?: true
  /** The only values, for a choice; the first is offered first. */
  readonly choices?: readonly string[]
  /** Smallest and largest integer. */
  readonly range?: readonly [minimum: bigint, maximum: bigint]
  /** Runs in this version. */
  readonly runs?: true
  /** Of a CONSUMER: where its records are shown in a view it cannot be had. */
  readonly inRunOnly?: true
  /** Examples for completion, a snippet each. */
  readonly examples?: readonly string[]
  /** One or two sentences for hover and completion. */
  readonly documentation: string
}

const INT32: readonly [bigint, bigint] = [0n, 2_147_483_647n]
const SAFE: readonly [bigint, bigint] = [0n, 9_007_199_254_740_991n]

const topic: PropertyDefinition = {
  name: 'topic',
  kind: 'topic',
  runs: true,
  documentation: 'The topic. Letters, digits, `.`, `_` and `-`, at most 249.',
}

const shared: readonly PropertyDefinition[] = [
  topic,
  {
    name: 'key-format',
    kind: 'format',
    runs: true,
    documentation: 'How the key is written as bytes, or read from them. Default: UTF-8 text.',
  },
  {
    name: 'value-format',
    kind: 'format',
    runs: true,
    documentation:
      'How the value is written as bytes, or read from them. Default: UTF-8 text. `null` sends a tombstone.',
  },
  {
    name: 'key-schema',
    kind: 'schema',
    documentation: 'The schema of the key: `file(path)`, text, `registry(subject)` or `id(42)`.',
  },
  {
    name: 'value-schema',
    kind: 'schema',
    runs: true,
    examples: ['file(${1:./schema.json})'],
    documentation:
      'The schema of the value: `file(path)` or its text on one line. With `value-format: json` it is a JSON Schema that the value is checked against.',
  },
  {
    name: 'schema-registry',
    kind: 'text',
    documentation: 'The schema registry to use.',
  },
  {
    name: 'config',
    kind: 'assignment',
    repeatable: true,
    examples: ['${1:name} = ${2:value}'],
    documentation: 'A raw client property: `name = value`. May be repeated.',
  },
]

const isolation: PropertyDefinition = {
  name: 'isolation',
  kind: 'choice',
  runs: true,
  choices: ['read_committed', 'read_uncommitted'],
  documentation: 'Whether records of open and aborted transactions are read.',
}

const capture: PropertyDefinition = {
  name: 'capture',
  kind: 'capture',
  runs: true,
  inRunOnly: true,
  repeatable: true,
  examples: ['${1:name} = ${2:value}'],
  documentation: 'Keeps something of the record under a name: `id = value.id`. May be repeated.',
}

const from: PropertyDefinition = {
  name: 'from',
  kind: 'position',
  runs: true,
  documentation:
    'Where reading starts: `earliest`, `latest`, `committed`, an offset, `-20` or `tail(20)`, a time (`2026-01-31`, `2026-01-31T10:00Z`, `epoch(1760000000000)`, `now-2h`), or per partition `0:1500,*:latest`. A time without a zone is local.',
}

const to: PropertyDefinition = {
  name: 'to',
  kind: 'position',
  runs: true,
  documentation:
    'Where reading ends, written like `from`. `latest` and `now` are the end as it is when reading starts. Absent: new records keep coming.',
}

const partitions: PropertyDefinition = {
  name: 'partitions',
  kind: 'partitions',
  runs: true,
  examples: ['${1:0}', '${1:0-3},${2:7}'],
  documentation: 'The partitions to read: `0`, `0-3` or `0-3,7`. Absent: all.',
}

const schemas = shared.filter(property => property.name !== 'config')

/** The properties of each block, in the order in which completion offers them. */
export const PROPERTIES: Readonly<Record<BlockKind, readonly PropertyDefinition[]>> = {
  PRODUCER: [
    topic,
    {
      name: 'key',
      kind: 'text',
      runs: true,
      documentation: 'The key of the record. Empty or absent: no key.',
    },
    {
      name: 'header',
      kind: 'assignment',
      repeatable: true,
      runs: true,
      examples: ['${1:name} = ${2:value}'],
      documentation:
        'One header: `name = value`. May be repeated; order and duplicates are kept. `name =` is empty, `name = null` is null.',
    },
    {
      name: 'headers',
      kind: 'headers',
      runs: true,
      examples: ['${1:name}=${2:value}'],
      documentation:
        'Headers on one line: `a=1, b=2`. A value cannot hold a comma or `=`; use `header:` for that.',
    },
    ...shared.slice(1),
    {
      name: 'every',
      kind: 'duration',
      runs: true,
      examples: ['${1:3s}', '${1:5m}', '${1:1h}'],
      documentation:
        'Sends a record at once, then one per interval until it is stopped: `250ms`, `3s`, `1m30s`.',
    },
    {
      name: 'record-partition',
      kind: 'integer',
      range: INT32,
      runs: true,
      examples: ['${1:0}'],
      documentation: 'The partition to send to. Absent: chosen by the key.',
    },
    {
      name: 'record-timestamp',
      kind: 'time',
      runs: true,
      examples: ['${1:now-15m}'],
      documentation: 'The create time of the record.',
    },
    {
      name: 'value-from',
      kind: 'file',
      runs: true,
      examples: ['file(${1:./value.bin})'],
      documentation: 'The whole file is the value.',
    },
    {
      name: 'records',
      kind: 'choice',
      runs: true,
      choices: ['jsonl', 'csv', 'lines', 'envelope'],
      documentation:
        'The value holds many records: one JSON value a line, CSV with a line of names, one text a line, or one JSON object a line with `key`, `value`, `headers`, `partition`, `timestamp`.',
    },
    {
      name: 'records-from',
      kind: 'file',
      runs: true,
      examples: ['file(${1:./records.jsonl})'],
      documentation:
        'Many records, streamed from a file. Without `records:`, `.csv` is csv, `.jsonl` and `.ndjson` are jsonl, others lines.',
    },
    {
      name: 'key-from',
      kind: 'expression',
      runs: true,
      examples: ['${1:value.id}'],
      documentation: 'The key, taken from each record.',
    },
    {
      name: 'record-count',
      kind: 'integer',
      runs: true,
      range: SAFE,
      examples: ['${1:10}'],
      documentation: 'Records per run; with `records` or `records-from` so many at most.',
    },
    {
      name: 'rate',
      kind: 'rate',
      runs: true,
      examples: ['${1:200}/s'],
      documentation:
        'Records per second. Without `record-count`, `stop-after` or records of a file it goes on until it is stopped.',
    },
    {
      name: 'stop-after',
      kind: 'duration',
      runs: true,
      examples: ['${1:30s}'],
      documentation: 'Ends paced sending after that time.',
    },
    {
      name: 'acks',
      kind: 'choice',
      runs: true,
      choices: ['all', '1', '0'],
      documentation: 'How many replicas confirm: `all` (default), `1` or `0`.',
    },
    {
      name: 'compression',
      kind: 'choice',
      runs: true,
      choices: ['none', 'gzip', 'snappy', 'lz4', 'zstd'],
      documentation: 'How batches are compressed.',
    },
    {
      name: 'idempotent',
      kind: 'choice',
      runs: true,
      choices: ['true', 'false'],
      documentation: 'Sends each record exactly once per partition, whatever is retried.',
    },
    {
      name: 'transactional-id',
      kind: 'text',
      runs: true,
      documentation: 'Blocks that share it in one run share the transaction.',
    },
    {
      name: 'faker-seed',
      kind: 'integer',
      runs: true,
      range: [-9_007_199_254_740_991n, 9_007_199_254_740_991n],
      documentation:
        'Makes the generated data the same in each run: record i uses the seed plus i.',
    },
    {
      name: 'faker-locale',
      kind: 'text',
      runs: true,
      documentation: 'The locale of generated data.',
    },
    capture,
  ],
  CONSUMER: [
    topic,
    from,
    to,
    partitions,
    {
      name: 'limit',
      kind: 'integer',
      range: [1n, 9_007_199_254_740_991n],
      runs: true,
      examples: ['${1:100}'],
      documentation: 'Ends after so many records.',
    },
    ...shared.slice(1),
    {
      name: 'idle-timeout',
      kind: 'duration',
      runs: true,
      inRunOnly: true,
      examples: ['${1:5s}'],
      documentation: 'Ends when no record came for that time.',
    },
    {
      name: 'commit',
      kind: 'choice',
      runs: true,
      choices: ['true', 'false'],
      documentation: 'Whether the group is joined and offsets are committed.',
    },
    isolation,
    {
      name: 'filter',
      kind: 'expression',
      runs: true,
      inRunOnly: true,
      repeatable: true,
      documentation: 'A condition; with several, all must hold.',
    },
    {
      name: 'select',
      kind: 'expression',
      runs: true,
      inRunOnly: true,
      documentation: 'What is shown of each record: expressions, each with an optional `as name`.',
    },
    {
      name: 'output',
      kind: 'choice',
      runs: true,
      inRunOnly: true,
      choices: ['table', 'json', 'jsonl', 'csv', 'raw'],
      documentation: 'How records are shown.',
    },
    {
      name: 'output-to',
      kind: 'file',
      runs: true,
      inRunOnly: true,
      examples: ['file(${1:./out/records.jsonl})'],
      documentation: 'The file that records are written to.',
    },
    capture,
  ],
  EXPECT: [
    topic,
    from,
    to,
    {
      name: 'within',
      kind: 'duration',
      runs: true,
      examples: ['${1:10s}'],
      documentation: 'The deadline. Default: 10 s.',
    },
    partitions,
    { name: 'key', kind: 'text', runs: true, documentation: 'Selects records with this key.' },
    {
      name: 'match',
      kind: 'expression',
      runs: true,
      repeatable: true,
      documentation: 'A condition that selects records.',
    },
    {
      name: 'assert',
      kind: 'expression',
      runs: true,
      repeatable: true,
      documentation: 'A condition that judges the selected records.',
    },
    {
      name: 'count',
      kind: 'integer',
      runs: true,
      range: [0n, 9_007_199_254_740_991n],
      documentation: 'How many records are expected. Default: 1.',
    },
    {
      name: 'none',
      kind: 'choice',
      runs: true,
      choices: ['true', 'false'],
      documentation: 'No record may match until the deadline.',
    },
    capture,
    isolation,
    ...schemas.slice(1),
  ],
  TOPIC: [
    topic,
    {
      name: 'partitions',
      kind: 'integer',
      runs: true,
      range: [1n, 2_147_483_647n],
      examples: ['${1:3}'],
      documentation: 'How many partitions the topic has.',
    },
    {
      name: 'replication',
      kind: 'integer',
      runs: true,
      range: [1n, 32_767n],
      examples: ['${1:1}'],
      documentation: 'How many replicas each partition has.',
    },
    {
      name: 'config',
      kind: 'assignment',
      runs: true,
      repeatable: true,
      examples: ['${1:retention.ms} = ${2:60000}'],
      documentation: 'A topic config: `name = value`. May be repeated.',
    },
    {
      name: 'if-exists',
      kind: 'choice',
      runs: true,
      choices: ['keep', 'fail', 'recreate'],
      documentation: 'What to do when the topic exists.',
    },
  ],
  DEFAULTS: [],
}

function byName(list: readonly PropertyDefinition[]): ReadonlyMap<string, PropertyDefinition> {
  return new Map(list.map(property => [property.name, property]))
}

/** DEFAULTS takes what PRODUCER, CONSUMER, EXPECT and TOPIC take; the first of a name counts. */
const defaults = new Map<string, PropertyDefinition>()
for (const kind of ['PRODUCER', 'CONSUMER', 'EXPECT', 'TOPIC'] as const) {
  for (const property of PROPERTIES[kind]) {
    if (!defaults.has(property.name)) defaults.set(property.name, property)
  }
}

/** An object of maps: every check looks names up. */
const DEFINITIONS: Readonly<Record<BlockKind, ReadonlyMap<string, PropertyDefinition>>> = {
  PRODUCER: byName(PROPERTIES.PRODUCER),
  CONSUMER: byName(PROPERTIES.CONSUMER),
  EXPECT: byName(PROPERTIES.EXPECT),
  TOPIC: byName(PROPERTIES.TOPIC),
  DEFAULTS: defaults,
}

/** What is known about a property of a block; `undefined` for an unknown one. */
export function definitionOf(kind: BlockKind, name: string): PropertyDefinition | undefined {
  return DEFINITIONS[kind].get(name)
}

/** The properties that a block of this kind can have. */
export function definitionsOf(kind: BlockKind): readonly PropertyDefinition[] {
  return [...DEFINITIONS[kind].values()]
}

export const BLOCK_DOCUMENTATION: Readonly<Record<BlockKind, string>> = {
  PRODUCER:
    'Sends records. Properties come first, then the value, up to `###` or the end of the file.',
  CONSUMER:
    'Reads records. With a group it joins the group and commits; without one it browses: nothing is joined and nothing is committed.',
  EXPECT: 'Waits for records, or with `EXPECT GROUP name` for a consumer group, and judges them.',
  TOPIC: 'Makes sure that a topic exists.',
  DEFAULTS: 'Property values for all later blocks of the file.',
}

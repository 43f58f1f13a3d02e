import { parseArgs } from 'node:util'
import { DEFAULT_INTERVAL } from '../lag/watch.ts'
import { parseDuration } from '../language/values/durations.ts'
import { BadOptions, parseMessage } from './badOptions.ts'
import { CONNECTION_HELP, CONNECTION_OPTIONS, type ConnectionValues } from './connectionOptions.ts'

export const LAG_HELP = `Usage: kafkafile lag [GROUP…] --brokers host:port [options]

Tells how far groups are behind, partition by partition. Without a group: all of the cluster.
Joins no group, commits nothing.

  --json                One JSON object a line, one per group; offsets and lag are decimal
                        strings. Unknown is left out.
  --watch               Goes on until Ctrl-C. How a partition moves is known after some looks.
  --interval DURATION   Between looks. Default: 2s.

The cluster
${CONNECTION_HELP}
Exit codes: 0 measured, 1 bad options, 3 a group is not there or could not be measured,
130 ended by Ctrl-C, 143 by SIGTERM.
`

export interface LagOptions {
  /** None: all. */
  readonly groups: readonly string[]
  readonly json: boolean
  readonly watch: boolean
  /** Ms between looks. */
  readonly interval: number
  readonly connection: ConnectionValues
}

const OPTIONS = {
  ...CONNECTION_OPTIONS,
  json: { type: 'boolean', default: false },
  watch: { type: 'boolean', default: false },
  interval: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** Undefined: the help is asked for. Throws `BadOptions`. */
export function lagOptions(args: readonly string[]): LagOptions | undefined {
  const { values, positionals } = parse(args)
  if (values.help) return undefined
  return {
    groups: [...new Set(positionals)],
    json: values.json,
    watch: values.watch,
    interval: intervalOf(values.interval),
    connection: values,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS })
  } catch (error) {
    throw new BadOptions(parseMessage(error))
  }
}

function intervalOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_INTERVAL
  const interval = parseDuration(text)
  if (interval.ok) return interval.value
  throw new BadOptions(`--interval: ${interval.message}`)
}

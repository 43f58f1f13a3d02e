import { parseArgs } from 'node:util'
import { parseDuration } from '../language/values/durations.ts'
import { BadOptions, parseMessage } from './badOptions.ts'
import { CONNECTION_OPTIONS, REACHING_HELP, type ConnectionValues } from './connectionOptions.ts'

export const RUN_HELP = `Usage: kafkafile run [files|folders|globs] [options]

Runs .kafka files: their PRODUCER, CONSUMER, EXPECT and TOPIC blocks in order. Without an argument:
the .kafka files below the current folder; "-" reads standard input. Files share nothing.

What runs
  --tags LIST           Only blocks with one of these tags (-- @tag a,b), and none with a tag
                        after "!": a,b,!slow.
  --only                Only the blocks with -- @only. Without this option "@only" does nothing
                        here: a forgotten one would leave out the rest unnoticed.
  --bail                Ends at the first block that goes wrong.
  --jobs N              So many files at once. Default: 1.
  --timeout DURATION    Time for all files together, such as 5m. Default: no limit.
  A CONSUMER runs where it has an end ("to", "limit", "idle-timeout"); others are skipped.

What files refer to
  --env NAME            The environment, of kafka.env.json and kafka.private.env.json in the
                        nearest folder. Default: what the file says with -- @env. What a block
                        says for itself counts more.
  --var NAME=VALUE      A variable, over those of the file and the environment. Repeatable.
  --secrets-file FILE   Lines NAME=value for {{$secret NAME}}. Without it, or where it has no such
                        line, the environment variable NAME counts. Also takes the place of the
                        environment variables below.
  file(…) and {{$file …}} stay inside the nearest folder with .git, else with kafka.env.json, else
  inside the current folder. Nobody is asked for anything: {{$prompt …}} is an error.

How it is told
  --report KIND=FILE    junit=FILE, json=FILE or tap=FILE. Repeatable.
  --quiet               Only what is wrong, on standard error: standard output has what CONSUMERs
                        print.
  --verbose             Captures and warnings as well, and, on standard error, what a block
                        waits for.
  Colours are used on a terminal, unless NO_COLOR is set.

The cluster
  --cluster NAME        One of those that kafka.env.json defines:
                          "$clusters": { "test": "host:port", "prod": { "brokers": "host:port",
                          "security": "sasl-ssl", "username": "ci", "protected": true } }
                        An object takes the names of the options below. The password of "prod" is
                        KAFKA_PASSWORD_PROD, else KAFKA_PASSWORD. "disposable": true lets a TOPIC
                        be made anew.
  --cluster NAME=host:port
                        Defines one, also over kafka.env.json. Repeatable.
  --yes                 Agrees to write to clusters with "protected": true.
  Blocks go to the cluster of their -- @cluster NAME, else to that of --brokers or --cluster NAME,
  else to the one that the environment names with "cluster", else to the first defined by
  --cluster NAME=host:port.
${REACHING_HELP}
Exit codes: 0 passed, 1 bad options, 2 a file does not validate, 3 a run-time error, 4 an EXPECT
failed; the highest counts. 130 ended by Ctrl-C, 143 by SIGTERM; reports are written all the same,
unless the signal comes twice.
`

export const REPORTS = ['junit', 'json', 'tap'] as const

export interface RunOptions {
  /** As they were given; none: what is below the current folder. */
  readonly files: readonly string[]
  readonly tags: TagRule
  readonly only: boolean
  readonly bail: boolean
  readonly jobs: number
  /** Ms. */
  readonly timeout?: number
  readonly environment?: string
  readonly variables: ReadonlyMap<string, string>
  readonly reports: readonly WantedReport[]
  readonly detail: 'quiet' | 'normal' | 'verbose'
  readonly clusters: WantedClusters
  readonly connection: ConnectionValues
  readonly secretsFile?: string
}

export interface TagRule {
  /** None: all. */
  readonly wanted: readonly string[]
  readonly unwanted: readonly string[]
}

export interface WantedReport {
  readonly kind: (typeof REPORTS)[number]
  readonly file: string
}

export interface WantedClusters {
  /** The one that is meant where nothing else is said. */
  readonly own?: string
  /** `host:port` by name. */
  readonly defined: ReadonlyMap<string, string>
  /** `--yes`. */
  readonly agreed: boolean
}

const OPTIONS = {
  ...CONNECTION_OPTIONS,
  tags: { type: 'string', multiple: true },
  only: { type: 'boolean', default: false },
  bail: { type: 'boolean', default: false },
  jobs: { type: 'string', default: '1' },
  timeout: { type: 'string' },
  env: { type: 'string' },
  var: { type: 'string', multiple: true },
  report: { type: 'string', multiple: true },
  quiet: { type: 'boolean', default: false },
  verbose: { type: 'boolean', default: false },
  cluster: { type: 'string', multiple: true },
  yes: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** Undefined: the help is asked for. Throws `BadOptions`. */
export function runOptions(args: readonly string[]): RunOptions | undefined {
  const { values, positionals } = parse(args)
  if (values.help) return undefined
  if (values.quiet && values.verbose)
    throw new BadOptions('--quiet and --verbose exclude each other.')
  const { env, timeout, 'secrets-file': secretsFile, ...connection } = values
  return {
    files: positionals,
    tags: tagsOf(values.tags ?? []),
    only: values.only,
    bail: values.bail,
    jobs: jobsOf(values.jobs),
    variables: new Map((values.var ?? []).map(text => pairOf('--var', text, VARIABLE))),
    reports: (values.report ?? []).map(reportOf),
    detail: values.quiet ? 'quiet' : values.verbose ? 'verbose' : 'normal',
    clusters: clustersOf(values.cluster ?? [], values.yes),
    connection,
    ...(env !== undefined && { environment: env }),
    ...(timeout !== undefined && { timeout: timeoutOf(timeout) }),
    ...(secretsFile !== undefined && { secretsFile }),
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS })
  } catch (error) {
    throw new BadOptions(parseMessage(error))
  }
}

function tagsOf(lists: readonly string[]): TagRule {
  const tags = lists.flatMap(list => list.split(',')).map(tag => tag.trim())
  const named = tags.filter(tag => tag !== '')
  if (lists.length > 0 && named.length === 0) throw new BadOptions('--tags is empty.')
  return {
    wanted: named.filter(tag => !tag.startsWith('!')),
    unwanted: named.filter(tag => tag.startsWith('!')).map(tag => tag.slice(1).trim()),
  }
}

const MOST_JOBS = 64

function jobsOf(text: string): number {
  const jobs = Number(text)
  if (/^\d+$/.test(text) && jobs >= 1 && jobs <= MOST_JOBS) return jobs
  throw new BadOptions(`--jobs: "${text}" is not a number from 1 to ${MOST_JOBS}.`)
}

function timeoutOf(text: string): number {
  const timeout = parseDuration(text)
  if (timeout.ok) return timeout.value
  throw new BadOptions(`--timeout: ${timeout.message}`)
}

const VARIABLE = /^[A-Za-z_][\w-]*(?:\.[\w-]+)*$/
const CLUSTER = /^[^=\s][^=]*$/

function pairOf(option: string, text: string, name: RegExp): readonly [string, string] {
  const at = text.indexOf('=')
  const pair = [text.slice(0, at).trim(), text.slice(at + 1)] as const
  // What stands after the "=" may be a secret, and is not shown.
  if (at < 0) throw new BadOptions(`${option} takes NAME=VALUE, as in ${option} a=1.`)
  if (name.test(pair[0])) return pair
  throw new BadOptions(`${option}: "${pair[0]}" cannot be used as a name.`)
}

function reportOf(text: string): WantedReport {
  const at = text.indexOf('=')
  const kind = REPORTS.find(each => each === text.slice(0, at))
  const file = text.slice(at + 1)
  if (kind && file !== '') return { kind, file }
  const ways = REPORTS.map(each => `${each}=FILE`).join(', ')
  throw new BadOptions(`--report: "${text}" is not one of ${ways}.`)
}

function clustersOf(texts: readonly string[], agreed: boolean): WantedClusters {
  const named = texts.filter(text => !text.includes('='))
  if (named.length > 1) throw new BadOptions('--cluster NAME can be given once.')
  const defined = texts.filter(text => text.includes('='))
  const [own] = named
  return {
    defined: new Map(defined.map(text => pairOf('--cluster', text, CLUSTER))),
    agreed,
    ...(own !== undefined && { own }),
  }
}

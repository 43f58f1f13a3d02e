import { ProblemError, type Problem } from '../base/problem.ts'
import { closest } from '../language/closest.ts'
import { didYouMean } from '../language/words.ts'
import type { ConnectionConfig } from '../kafka/connection.ts'
import type { RunCluster } from '../run/ports.ts'
import { BadOptions } from './badOptions.ts'
import type { ClusterDefinition } from './clusterDefinitions.ts'
import { connectionConfig, type ConnectionValues } from './connectionOptions.ts'
import type { WantedClusters } from './runOptions.ts'
import { prepareCluster, type PreparedCluster } from './withCluster.ts'

/** The clusters that the run of a file reaches. Whoever made it closes it. */
export interface RunClusters {
  /** Why there is no cluster for blocks that name none. */
  readonly ownProblem?: Problem
  /** The command line says where blocks go, whatever an environment says. */
  readonly ownIsGiven: boolean
  /** What is wrong with a connection that the command line describes. */
  optionsProblem(): Promise<Problem | undefined>
  /** Records of the run's own cluster are read soon: the thread for it starts at once. */
  readSoon(): void
  /** Connects on first use. Rejects with `ProblemError`. */
  open(name: string | undefined): Promise<RunCluster>
  close(): Promise<void>
}

export interface ClusterSources {
  readonly wanted: WantedClusters
  readonly connection: ConnectionValues
  /** Of `kafka.env.json`. */
  readonly defined: ReadonlyMap<string, ClusterDefinition>
  /** The one that the environment names. */
  readonly named: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly folder: string
  readonly readerWorker: URL
  /** Ends what is being connected. */
  readonly signal: AbortSignal
}

export function runClusters(sources: ClusterSources): RunClusters {
  const definitions = definitionsOf(sources)
  const own = ownOf(sources, definitions)
  const clusters = new Map<string, Promise<PreparedCluster>>()
  const prepare = (definition: ClusterDefinition, readsSoon: boolean) => {
    const known = clusters.get(definition.name)
    if (known) return known
    const prepared = prepareOne(definition, sources, readsSoon)
    clusters.set(definition.name, prepared)
    return prepared
  }
  return {
    ownIsGiven: sources.wanted.own !== undefined || sources.connection.brokers !== undefined,
    ...('problem' in own && { ownProblem: own.problem }),
    async optionsProblem() {
      const given = new Set(sources.wanted.defined.keys())
      const described = [...definitions.values()].filter(({ name }) => given.has(name))
      if (!('problem' in own) && own.values === sources.connection) described.push(own)
      for (const definition of described) {
        const config = await configOf(definition, sources)
        if ('problem' in config) return config.problem
      }
      return undefined
    },
    readSoon() {
      // What is wrong with it is told when it is opened.
      if (!('problem' in own)) prepare(own, true).catch(() => undefined)
    },
    async open(name) {
      const definition = name === undefined ? own : definitionOf(name, definitions)
      if ('problem' in definition) throw new ProblemError(definition.problem)
      const prepared = await prepare(definition, false)
      const cluster = await prepared.open(sources.signal)
      return {
        name: definition.name,
        cluster,
        protected: definition.protected,
        disposable: definition.disposable,
      }
    },
    async close() {
      const prepared = await Promise.allSettled(clusters.values())
      await Promise.all(
        prepared.flatMap(each => (each.status === 'fulfilled' ? [each.value.close()] : [])),
      )
    },
  }
}

type Definitions = ReadonlyMap<string, ClusterDefinition>
type Defined = ClusterDefinition | { readonly problem: Problem }

/** `--cluster NAME=host:port` counts more than `kafka.env.json`. */
function definitionsOf({ wanted, connection, defined, folder }: ClusterSources): Definitions {
  const given = [...wanted.defined].map(([name, brokers]) => {
    const values = { ...connection, brokers: [brokers] }
    return [name, { name, values, folder, protected: false, disposable: false }] as const
  })
  return new Map([...defined, ...given])
}

function ownOf(sources: ClusterSources, definitions: Definitions): Defined {
  const { wanted, connection, named, folder } = sources
  if (wanted.own !== undefined) return definitionOf(wanted.own, definitions)
  if (connection.brokers !== undefined) {
    // Not the name that an environment gives: the blocks go elsewhere.
    const name = connection.brokers[0] ?? ''
    return { name, values: connection, folder, protected: false, disposable: false }
  }
  if (named !== undefined) return definitionOf(named, definitions)
  const [first] = wanted.defined.keys()
  if (first !== undefined) return definitionOf(first, definitions)
  return { problem: NO_CLUSTER }
}

const NO_CLUSTER: Problem = {
  code: 'no-cluster',
  message: 'No cluster is named.',
  advice: 'Give --brokers host:port, --cluster NAME, or --env with an environment that has one.',
}

function definitionOf(name: string, definitions: Definitions): Defined {
  const found = definitions.get(name)
  if (found) return found
  const near = didYouMean(closest(name, [...definitions.keys()]))
  return {
    problem: {
      code: 'unknown-cluster',
      message: `There is no cluster "${name}".${near}`,
      advice: `Define it in kafka.env.json under "$clusters", or with --cluster ${name}=host:port.`,
    },
  }
}

async function prepareOne(
  definition: ClusterDefinition,
  sources: ClusterSources,
  readsSoon: boolean,
): Promise<PreparedCluster> {
  const config = await configOf(definition, sources)
  if ('problem' in config) throw new ProblemError(config.problem)
  return prepareCluster(config, { readerWorker: sources.readerWorker, readsSoon })
}

async function configOf(
  { name, values, folder }: ClusterDefinition,
  sources: ClusterSources,
): Promise<ConnectionConfig | { readonly problem: Problem }> {
  const password = sources.environment[passwordName(name)] ?? sources.environment['KAFKA_PASSWORD']
  const environment = { ...sources.environment, KAFKA_PASSWORD: password }
  try {
    return await connectionConfig(values, { folder, environment })
  } catch (error) {
    if (!(error instanceof BadOptions)) throw error
    return { problem: { code: 'bad-options', message: `Cluster "${name}": ${error.message}` } }
  }
}

/** `KAFKA_PASSWORD_PROD_EU` for `prod-eu`. */
function passwordName(cluster: string): string {
  return `KAFKA_PASSWORD_${cluster.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`
}

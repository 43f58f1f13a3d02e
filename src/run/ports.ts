import type { Faker } from '@faker-js/faker'
import type { Clock } from '../base/clock.ts'
import type { Ask, Cluster } from '../kafka/cluster.ts'
import type { TimeContext } from '../language/values/positions.ts'

/** All that a run reaches outside itself; an editor, a command line and a test each give their own. */
export interface RunPorts {
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly uuid: () => string
  readonly toLocalEpoch: TimeContext['toLocalEpoch']
  /** Connects where it is not connected; no name: the run's own. Rejects with `ProblemError`. */
  cluster(name: string | undefined, ask: Required<Ask>): Promise<RunCluster>
  readonly files: RunFiles
  readonly values: RunValues
  /** Undefined: there is no such locale. */
  loadFaker(locale: string): Promise<Faker | undefined>
  /** Absent: expressions of faker are sent as they stand. */
  readonly fakerLocale?: string
  /** Whether a member of a group is one that this program runs. */
  isOurs(memberId: string): boolean
  /**
   * Asks whether a block may write to a protected cluster (K402), in the words of the message.
   * False: they do not want it. Absent: nobody can be asked, and it may not.
   */
  agree?(message: string, signal: AbortSignal, target: RunCluster): Promise<boolean>
  /**
   * What `-- @env NAME` gives to a block. Rejects with `ProblemError` where there is no such
   * environment. Absent: there are no environments.
   */
  environment?(name: string): Promise<RunEnvironment>
}

export interface RunEnvironment {
  /** As `RunValues.given`, for that environment. */
  readonly given: ReadonlyMap<string, GivenValue>
  /** Absent: the run's own. */
  readonly cluster?: string
}

export interface RunCluster {
  readonly name: string
  readonly cluster: Cluster
  /** Nothing is written before somebody has agreed (K402). */
  readonly protected: boolean
  /** Topics may be deleted and made anew. */
  readonly disposable: boolean
}

/** Files that a `.kafka` file names, relative to it. All reject with `ProblemError` outside the workspace. */
export interface RunFiles {
  text(path: string): Promise<string>
  bytes(path: string): Promise<Uint8Array>
  /** A file of any size in pieces of any size. */
  stream(path: string, signal: AbortSignal): AsyncIterable<Uint8Array>
  /** Replaces the file when it is closed; discarded, it is left as it was. */
  write(path: string): Promise<FileSink>
}

export interface FileSink {
  write(bytes: Uint8Array): Promise<void>
  close(): Promise<void>
  discard(): Promise<void>
}

/** Where values of templates come from besides the file. */
export interface RunValues {
  /** By `--var`, then the private environment over the public one. */
  readonly given: ReadonlyMap<string, GivenValue>
  /** A variable of the process. */
  environment(name: string): string | undefined
  /** Of the nearest `.env` file. */
  dotenv(name: string): Promise<string | undefined>
  /**
   * Undefined: there is none of that name (K306). Rejects as `CANCELLED` where a person who was asked
   * for it did not want to answer.
   */
  secret(name: string): Promise<string | undefined>
  /** Undefined: nobody can be asked (K306). Rejects as `CANCELLED` where a person did not want to. */
  prompt(label: string, signal: AbortSignal): Promise<string | undefined>
}

export interface GivenValue {
  readonly text: string
  /** Shown as `***` everywhere. */
  readonly secret: boolean
  /** Where it comes from, in words: `kafka.env.json, local`. */
  readonly source: string
  /** The text has templates, which the run puts in: those of environments. */
  readonly templates?: boolean
  /** Also over a file's own `@name`: `--var`. */
  readonly overrides?: boolean
}

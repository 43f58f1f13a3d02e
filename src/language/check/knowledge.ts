import type { GivenText } from '../given.ts'
import type { Block } from '../tree.ts'
import type { WrittenSchema } from '../values/schemas.ts'

/** What is known of a cluster. */
export interface KnownCluster {
  /** Partitions by topic: all topics that the cluster has. */
  readonly topics: ReadonlyMap<string, number>
  /** `auto.create.topics.enable`; absent: not known. */
  readonly autoCreate?: boolean
  /** A recent record of a topic that begins with the id of a schema; undefined: none was seen. */
  readonly schemaIdOf?: (topic: string) => SeenSchemaId | undefined
}

/** The id of a schema in front of a value: the Confluent wire format. */
export interface SeenSchemaId {
  readonly id: number
  readonly partition: number
  readonly offset: bigint
}

/** What is known about the surroundings of a file. Absent: not known, and nothing is said of it. */
export interface Knowledge {
  /** The cluster that a block goes to: one and the same object for one cluster. */
  readonly clusterOf?: (block: Block) => KnownCluster | undefined
  /**
   * Values that templates can name beside those of the file: an environment's, the command line's.
   * With `givenOf` those that any block has.
   */
  readonly given?: ReadonlyMap<string, GivenText>
  /**
   * The values of a block that has an environment of its own: one and the same map for one
   * environment. Undefined: `given`.
   */
  readonly givenOf?: (block: Block) => ReadonlyMap<string, GivenText> | undefined
  /** The names that `-- @env` can have. */
  readonly environments?: readonly string[]
  /**
   * A sentence where nobody will give what `$secret`, `$prompt`, `$env` or `$dotenv` asks for
   * (K306), with what to do about it.
   */
  readonly missing?: (name: string, argument: string) => string | undefined
  /** What is wrong with an expression in which no templates are left (K320). */
  readonly checkExpression?: (text: string, use: ExpressionUse) => ExpressionMistake | undefined
  /** What is known of a schema, for a format (K211, K212); undefined: not known yet. */
  readonly schemaOf?: (schema: WrittenSchema, format: string) => KnownSchema | undefined
  /**
   * False: generated data is switched off. Then text like `{{user.name}}` is sent as it stands,
   * as level 1 does, and is no error. Absent: on.
   */
  readonly generatedData?: boolean
}

/** What is known of a schema. */
export interface KnownSchema {
  /** Why it cannot be used: sentences. */
  readonly problem?: string
  /** What of a JSON text does not fit; absent: it is no JSON Schema. */
  readonly mismatch?: (json: string) => SchemaMismatch | undefined
}

export interface SchemaMismatch {
  readonly message: string
  /** The names and indexes that lead to what does not fit. */
  readonly path: readonly string[]
}

/** What an expression is for: to say yes or no, or to give a value; of a record or of a group. */
export interface ExpressionUse {
  readonly gives: 'truth' | 'value'
  readonly about: 'record' | 'group'
}

/** Why a text is no expression, and where: offsets in the text, `to` exclusive. */
export interface ExpressionMistake {
  readonly message: string
  readonly from: number
  readonly to: number
}

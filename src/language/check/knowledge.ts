import type { Block } from '../tree.ts'

/** What is known of a cluster. */
export interface KnownCluster {
  /** Partitions by topic: all topics that the cluster has. */
  readonly topics: ReadonlyMap<string, number>
  /** `auto.create.topics.enable`; absent: not known. */
  readonly autoCreate?: boolean
}

/** What is known about the surroundings of a file. Absent: not known, and nothing is said of it. */
export interface Knowledge {
  /** The cluster that a block goes to: one and the same object for one cluster. */
  readonly clusterOf?: (block: Block) => KnownCluster | undefined
  /** Names that templates can use beside those of the file: an environment's, the command line's. */
  readonly names?: Iterable<string>
  /**
   * False: generated data is switched off. Then text like `{{user.name}}` is sent as it stands,
   * as level 1 does, and is no error. Absent: on.
   */
  readonly generatedData?: boolean
}

import { settingsOf, type Settings } from '../settings.ts'
import type { Block, FileProblem, KafkaFile } from '../tree.ts'
import { propertiesOf } from '../tree.ts'
import { withoutIgnored } from './ignore.ts'
import { checkHeaders } from './headers.ts'
import { newReport, type Report } from './report.ts'
import { checkStructure } from './structure.ts'
import { syntaxProblems } from './syntax.ts'
import { checkTemplates, checkVariables, newTemplateCheck } from './templates.ts'
import { checkTopicExists, checkTopicName, newTopicCheck } from './topics.ts'
import { checkContents, checkPropertyValue, checkRecordPartition } from './values.ts'

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

/** All problems of a file, in the order of the text, without those that the file ignores. */
export function check(file: KafkaFile, knowledge: Knowledge = {}): readonly FileProblem[] {
  const report = newReport()
  const settings = settingsOf(file)
  const topics = newTopicCheck(file, settings, knowledge, report)
  const templates = newTemplateCheck(file, knowledge, report)
  checkVariables(file, templates)
  for (const block of file.blocks) {
    checkStructure(file, block, settings, report)
    checkProperties(file, block, settings, knowledge.clusterOf?.(block), report)
    checkTopicExists(block, topics)
    checkTemplates(block, templates)
  }
  const problems = [...syntaxProblems(file), ...report.problems]
  problems.sort((a, b) => a.span.start - b.span.start || (a.code < b.code ? -1 : 1))
  return withoutIgnored(file, problems)
}

function checkProperties(
  file: KafkaFile,
  block: Block,
  settings: Settings,
  cluster: KnownCluster | undefined,
  report: Report,
): void {
  for (const property of block.properties) {
    checkPropertyValue(block, property, settings, cluster, report)
    if (property.name === 'topic') checkTopicName(block, property, report)
  }
  if (block.kind === 'PRODUCER' || block.kind === 'DEFAULTS') {
    for (const property of propertiesOf(block, 'headers')) {
      checkHeaders(file, block, property, report)
    }
  }
  if (block.kind === 'PRODUCER') {
    checkContents(file, block, settings, report)
    checkRecordPartition(block, settings, cluster, report)
  }
}

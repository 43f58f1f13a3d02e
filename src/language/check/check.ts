import { settingsOf } from '../settings.ts'
import type { FileProblem, KafkaFile } from '../tree.ts'
import { propertiesOf } from '../tree.ts'
import { checkContents } from './contents.ts'
import { withoutIgnored } from './ignore.ts'
import { checkHeaders } from './headers.ts'
import type { Knowledge } from './knowledge.ts'
import { newReport, type BlockCheck } from './report.ts'
import { checkStructure } from './structure.ts'
import { syntaxProblems } from './syntax.ts'
import { checkTemplates, checkVariables, newTemplateCheck } from './templates.ts'
import { checkTopicExists, checkTopicName, newTopicCheck } from './topics.ts'
import { checkPropertyValue, checkRecordPartition } from './values.ts'

/** All problems of a file, in the order of the text, without those that the file ignores. */
export function check(file: KafkaFile, knowledge: Knowledge = {}): readonly FileProblem[] {
  const report = newReport()
  const settings = settingsOf(file)
  const topics = newTopicCheck(file, settings, knowledge, report)
  const templates = newTemplateCheck(file, knowledge, report)
  checkVariables(file, templates)
  for (const block of file.blocks) {
    checkStructure(file, block, settings, report)
    const cluster = knowledge.clusterOf?.(block)
    checkProperties({ file, block, settings, cluster, report })
    checkTopicExists(block, topics)
    checkTemplates(block, templates)
  }
  const problems = [...syntaxProblems(file), ...report.problems]
  problems.sort((a, b) => a.span.start - b.span.start || (a.code < b.code ? -1 : 1))
  return withoutIgnored(file, problems)
}

function checkProperties(check: BlockCheck): void {
  const { file, block, report } = check
  for (const property of block.properties) {
    checkPropertyValue(check, property)
    if (property.name === 'topic') checkTopicName(block, property, report)
  }
  if (block.kind === 'PRODUCER' || block.kind === 'DEFAULTS') {
    for (const property of propertiesOf(block, 'headers')) {
      checkHeaders(file, block, property, report)
    }
  }
  if (block.kind === 'PRODUCER') {
    checkContents(check)
    checkRecordPartition(check)
  }
}

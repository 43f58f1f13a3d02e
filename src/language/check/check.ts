import { settingsOf } from '../settings.ts'
import type { FileProblem, KafkaFile } from '../tree.ts'
import { propertiesOf } from '../tree.ts'
import { checkContents, checkPattern } from './contents.ts'
import { checkExpect } from './expects.ts'
import { checkExpressions } from './expressions.ts'
import { withoutIgnored } from './ignore.ts'
import { checkHeaders } from './headers.ts'
import type { Knowledge } from './knowledge.ts'
import { checkDeclared, checkExpectTopic } from './names.ts'
import { newReport, type BlockCheck } from './report.ts'
import { checkAcks } from './sending.ts'
import { checkStructure } from './structure.ts'
import { syntaxProblems } from './syntax.ts'
import { checkTemplates, checkVariables, newTemplateCheck } from './templates.ts'
import { checkTopicExists, checkTopicName, newTopicCheck } from './topics.ts'
import { checkDelay, checkPropertyValue, checkRecordPartition } from './values.ts'

/** All problems of a file, in the order of the text, without those that the file ignores. */
export function check(file: KafkaFile, knowledge: Knowledge = {}): readonly FileProblem[] {
  const report = newReport()
  const settings = settingsOf(file)
  const topics = newTopicCheck(file, settings, knowledge, report)
  const templates = newTemplateCheck(file, knowledge, report)
  checkDeclared(templates.names)
  checkVariables(file, templates)
  for (const block of file.blocks) {
    const cluster = knowledge.clusterOf?.(block)
    const blockCheck = { file, block, settings, cluster, report }
    checkStructure(file, block, settings, report)
    checkProperties(blockCheck)
    checkTopicExists(block, topics)
    checkTemplates(block, templates)
    for (const property of block.properties)
      checkExpressions(blockCheck, property, templates.scope, knowledge)
    checkExpectTopic(blockCheck, templates.names)
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
  checkDelay(check)
  if (block.kind === 'PRODUCER') {
    checkContents(check)
    checkRecordPartition(check)
    checkAcks(check)
  } else if (block.kind === 'EXPECT') {
    checkExpect(check)
    checkPattern(check)
  }
}

import { settingsOf } from '../settings.ts'
import type { FileProblem, KafkaFile } from '../tree.ts'
import { propertiesOf } from '../tree.ts'
import { checkContents, checkPattern } from './contents.ts'
import { checkEnvironments } from './environments.ts'
import { checkExpect } from './expects.ts'
import { checkExpressions } from './expressions.ts'
import { withoutIgnored } from './ignore.ts'
import { checkHeaders } from './headers.ts'
import type { Knowledge } from './knowledge.ts'
import { checkDeclared, checkExpectTopic } from './names.ts'
import { newReport, type BlockCheck } from './report.ts'
import { checkSchemas } from './schemas.ts'
import { checkAcks } from './sending.ts'
import { checkStructure } from './structure.ts'
import { syntaxProblems } from './syntax.ts'
import { checkInherited, checkTemplates, checkVariables, newTemplateCheck } from './templates.ts'
import { checkTopicExists, checkTopicName, newTopicCheck } from './topics.ts'
import {
  checkDelay,
  checkInheritedValues,
  checkPropertyValue,
  checkRecordPartition,
} from './values.ts'

/** All problems of a file, in the order of the text, without those that the file ignores. */
export function check(file: KafkaFile, knowledge: Knowledge = {}): readonly FileProblem[] {
  const report = newReport()
  const settings = settingsOf(file)
  const topics = newTopicCheck(file, settings, knowledge, report)
  const templates = newTemplateCheck(file, settings, knowledge, report)
  checkDeclared(templates.namesIn())
  checkVariables(file, templates)
  checkEnvironments(file, knowledge, report)
  for (const block of file.blocks) {
    const cluster = knowledge.clusterOf?.(block)
    const blockCheck = { file, block, settings, cluster, report }
    checkStructure(file, block, settings, report)
    checkProperties(blockCheck)
    checkSchemas(blockCheck, knowledge)
    checkTopicExists(block, topics)
    checkTemplates(block, templates)
    checkInherited(block, settings, templates)
    const names = templates.namesIn(block)
    for (const property of block.properties)
      checkExpressions(blockCheck, property, names.scope, knowledge)
    checkExpectTopic(blockCheck, names)
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
  if (check.settings.inherits(block)) checkInheritedValues(check)
  if (block.kind === 'PRODUCER') {
    checkContents(check)
    checkRecordPartition(check)
    checkAcks(check)
  } else if (block.kind === 'EXPECT') {
    checkExpect(check)
    checkContents(check)
    checkPattern(check)
  }
}

import { closest } from '../closest.ts'
import type { Block, Directive, KafkaFile } from '../tree.ts'
import { didYouMean, quoted } from '../words.ts'
import type { Knowledge } from './knowledge.ts'
import { replacement, type Report } from './report.ts'

/** K301 in `-- @env NAME`, where it is known which environments there are. */
export function checkEnvironments(
  file: KafkaFile,
  { environments }: Pick<Knowledge, 'environments'>,
  report: Report,
): void {
  if (!environments) return
  checkNames(file.directives, environments, undefined, report)
  for (const block of file.blocks) checkNames(block.directives, environments, block, report)
}

function checkNames(
  directives: readonly Directive[],
  environments: readonly string[],
  block: Block | undefined,
  report: Report,
): void {
  for (const { name, argument, argumentSpan } of directives) {
    if (name !== 'env' || argument === '' || environments.includes(argument)) continue
    const meant = closest(argument, environments)
    const message = `There is no environment ${quoted(argument)}.${didYouMean(meant)}`
    const fixes =
      meant === undefined ? [] : [replacement(`Replace with "${meant}"`, argumentSpan, meant)]
    report.add('K301', 'error', argumentSpan, message, { block, fixes })
  }
}

import { propertiesOf, type Block } from '../tree.ts'
import { definitionOf } from '../vocabulary.ts'
import { quoted } from '../words.ts'
import type { BlockCheck } from './report.ts'
import { insertLine } from './structure.ts'

/** K330 and K331: an EXPECT that says too little, or that contradicts itself. */
export function checkExpect(check: BlockCheck): void {
  const { block } = check
  if (block.kind !== 'EXPECT') return
  if (block.group) {
    checkGroup(check)
    return
  }
  const { settings } = check
  const isNone = settings.one(block, 'none')?.value === 'true'
  if (isNone) checkNone(check)
  else if (
    !block.body &&
    !['key', 'match', 'assert'].some(name => settings.one(block, name)?.value)
  )
    reportAnything(check, 'This EXPECT accepts any record.', 'Add a condition', 'match: ')
}

function reportAnything(
  { file, block, report }: BlockCheck,
  message: string,
  title: string,
  line: string,
): void {
  const fixes = [insertLine(file, block, title, line)]
  report.add('K330', 'warning', block.keyword, message, { block, fixes })
}

/** What says something of a record that is expected not to come. */
const JUDGING: readonly (readonly [name: string, verb: string])[] = [
  ['assert', 'assert'],
  ['capture', 'capture'],
  ['count', 'count'],
]

function checkNone({ block, report }: BlockCheck): void {
  for (const [name, verb] of JUDGING)
    for (const property of propertiesOf(block, name)) {
      if (!property.value || (name === 'count' && property.value === '0')) continue
      const message = `"none: true" expects no record, so there is nothing to ${verb}.`
      report.add('K331', 'error', property.span, message, { block })
    }
}

/** The properties that `EXPECT GROUP` looks at. */
const OF_GROUP = new Set(['topic', 'within', 'assert', 'capture'])

function checkGroup(check: BlockCheck): void {
  const { block, settings, report } = check
  if (!settings.one(block, 'assert')?.value)
    reportAnything(
      check,
      'This EXPECT accepts any state of the group.',
      'Add "assert: lag == 0"',
      'assert: lag == 0',
    )
  for (const property of ownUnused(block)) {
    const message = `${quoted(property.name)} says nothing about a group: EXPECT GROUP takes topic, within, assert and capture.`
    report.add('K110', 'warning', property.nameSpan, message, { block })
  }
}

function ownUnused(block: Block) {
  return block.properties.filter(({ name, value }) => {
    const isKnown = value !== undefined && definitionOf('EXPECT', name) !== undefined
    return isKnown && !OF_GROUP.has(name)
  })
}

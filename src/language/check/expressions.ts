import { sourceOf, type NameScope } from '../names.ts'
import { callOf, type TemplateExpression } from '../template.ts'
import type { KafkaFile, Property, Word } from '../tree.ts'
import { parseCapture } from '../values/captures.ts'
import { withoutTemplates } from '../values/celText.ts'
import { parseSelections } from '../values/selections.ts'
import { definitionOf } from '../vocabulary.ts'
import { quoted } from '../words.ts'
import type { ExpressionUse, Knowledge } from './knowledge.ts'
import type { BlockCheck } from './report.ts'

/** Whether a file has anything that `Knowledge.checkExpression` would be asked about. */
export function hasExpressions(file: KafkaFile): boolean {
  return file.blocks.some(block =>
    block.properties.some(({ name, value }) => {
      const kind = definitionOf(block.kind, name)?.kind
      return (kind === 'expression' || kind === 'capture') && Boolean(value)
    }),
  )
}

/** K320 in a property that holds expressions. An empty value says nothing. */
export function checkExpressions(
  check: BlockCheck,
  property: Property,
  scope: NameScope,
  knowledge: Pick<Knowledge, 'checkExpression'>,
): void {
  const { block, report } = check
  const kind = definitionOf(block.kind, property.name)?.kind
  if ((kind !== 'expression' && kind !== 'capture') || !property.value) return
  const about = block.kind === 'EXPECT' && block.group ? 'group' : 'record'
  const gives = TRUTHS.has(property.name) ? 'truth' : 'value'
  const counts = ({ text, strict }: TemplateExpression) => {
    const call = callOf(text)
    return strict || (call !== undefined && sourceOf(call, scope) !== undefined)
  }
  for (const { text, span, missing } of expressionsOf(property, kind)) {
    if (text === '') {
      report.add('K320', 'error', property.valueSpan, missing, { block })
      continue
    }
    const mistake = mistakeIn(text, { about, gives }, counts, knowledge)
    if (!mistake) continue
    const { message, from, to } = mistake
    const place = { start: span.start + from, end: span.start + Math.max(to, from) }
    report.add('K320', 'error', place, message, { block })
  }
}

const TRUTHS = new Set(['filter', 'match', 'assert'])

/** An expression, with what to say where it is empty. */
interface Written extends Word {
  readonly missing: string
}

function expressionsOf(
  { name, value = '', valueSpan }: Property,
  kind: 'expression' | 'capture',
): readonly Written[] {
  if (kind === 'capture') {
    const capture = parseCapture(value, valueSpan.start)
    const missing = capture
      ? `Write what ${quoted(capture.name.text)} is: "capture: ${capture.name.text} = value.id".`
      : 'Expected "capture: name = expression".'
    return [{ ...(capture?.expression ?? { text: '', span: valueSpan }), missing }]
  }
  if (name === 'select') {
    const missing = 'A comma stands between two expressions: "select: offset, value.id as id".'
    return parseSelections(value, valueSpan.start).map(({ expression }) => ({
      ...expression,
      missing,
    }))
  }
  return [{ text: value, span: valueSpan, missing: '' }]
}

function mistakeIn(
  text: string,
  use: ExpressionUse,
  counts: (expression: TemplateExpression) => boolean,
  { checkExpression }: Pick<Knowledge, 'checkExpression'>,
) {
  const plain = withoutTemplates(text, counts)
  const mistake = checkExpression?.(plain, use)
  if (!mistake || plain === text) return mistake
  // The place is right in the text as it is written, the words are about what stood in for it.
  const written = text.slice(mistake.from, mistake.to)
  const shown = plain.slice(mistake.from, mistake.to)
  return { ...mistake, message: mistake.message.replaceAll(`"${shown}"`, quoted(written)) }
}

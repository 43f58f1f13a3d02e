import { bytesProblem } from '../../base/encodings.ts'
import { integerOfType, numberOf } from '../../base/numerals.ts'
import { closest } from '../closest.ts'
import { hasTemplate } from '../template.ts'
import type { Word } from '../tree.ts'
import { parseFormat, type WrittenFormat } from '../values/formats.ts'
import { jsonProblem, type JsonProblem } from '../values/json.ts'
import { EXACT, isPatternKind, PATTERN_KINDS } from '../values/patterns.ts'
import { didYouMean, quoted } from '../words.ts'
import { replacement, type BlockCheck } from './report.ts'

/**
 * K205 and K210: the key of a PRODUCER or an EXPECT and the value of a PRODUCER, as their formats
 * want them.
 */
export function checkContents(check: BlockCheck): void {
  const { block, settings } = check
  const key = settings.one(block, 'key')
  if (key?.value) {
    const word = { text: key.value, span: key.valueSpan }
    checkContent(check, 'key', formatOf(check, 'key-format'), word)
  }
  if (block.kind !== 'PRODUCER' || !block.body) return
  const records = settings.one(block, 'records')?.value
  if (records === undefined) {
    checkContent(check, 'value', formatOf(check, 'value-format'), block.body)
  } else if (records === 'jsonl' || records === 'envelope') {
    checkLines(check, block.body)
  }
}

/** K210 in the first line of many records that is not JSON. */
function checkLines({ file, block, report }: BlockCheck, { span }: Word): void {
  const { lines, text } = file
  for (let line = lines.lineAt(span.start); line <= block.endLine; line++) {
    const start = Math.max(lines.startOf(line), span.start)
    const json = text.slice(start, Math.min(lines.endOf(line), span.end))
    const problem = json.trim() === '' ? undefined : jsonProblem(json)
    if (!problem) continue
    reportNotJson({ file, block, report }, 'record', start, problem)
    return
  }
}

/** K202 and K210 in the pattern of an EXPECT, in which a template counts as any value, too. */
export function checkPattern(check: BlockCheck): void {
  const { block } = check
  if (block.kind !== 'EXPECT' || !block.body) return
  checkJson(check, 'pattern', block.body)
  for (const match of block.body.text.matchAll(/"(#[^"\\\r\n]*(?:\\.[^"\\\r\n]*)*)"/g))
    checkKind(check, match[1] ?? '', block.body.span.start + match.index)
}

function checkKind({ block, report }: BlockCheck, kind: string, start: number): void {
  const span = { start, end: start + kind.length + 2 }
  // `"##…"` is the text `"#…"`.
  if (kind.startsWith('##')) return
  const regex = /^#regex\s+(.*)$/s.exec(kind)?.[1]
  if (regex !== undefined) {
    if (hasTemplate(kind) || isRegex(regex)) return
    report.add('K202', 'error', span, `${quoted(regex)} is not a regular expression.`, { block })
  } else if (!isPatternKind(kind) && kind !== EXACT) {
    const meant = closest(
      kind,
      PATTERN_KINDS.map(({ name }) => name),
    )
    if (meant === undefined || hasTemplate(kind)) return
    const message = `"${kind}" is compared as a text.${didYouMean(meant)}`
    report.add('K202', 'warning', span, message, {
      block,
      fixes: [replacement(`Replace with "${meant}"`, span, `"${meant}"`)],
    })
  }
}

/** Whether a text is an expression, as JSON writes it. */
function isRegex(written: string): boolean {
  try {
    const text: unknown = JSON.parse(`"${written}"`)
    return typeof text === 'string' && new RegExp(text, 'u').unicode
  } catch {
    return false
  }
}

function formatOf(
  { block, settings }: BlockCheck,
  property: 'key-format' | 'value-format',
): WrittenFormat | undefined {
  const format = settings.one(block, property)?.value
  const use = block.kind === 'PRODUCER' ? 'sending' : 'reading'
  const outcome = format === undefined ? undefined : parseFormat(format, use)
  return outcome?.ok ? outcome.value : undefined
}

function checkContent(
  check: BlockCheck,
  part: 'key' | 'value',
  format: WrittenFormat | undefined,
  word: Word,
): void {
  if (format?.name === 'none') {
    reportNoKey(check, word)
    return
  }
  if (format?.name === 'json' || format?.name === 'json-schema') {
    checkJson(check, part, word)
    return
  }
  if (!format || hasTemplate(word.text)) return
  const problem = contentProblem(format, word.text)
  if (problem !== undefined)
    check.report.add('K205', 'error', word.span, problem, { block: check.block })
}

/** An EXPECT leaves the key out that it compares. */
function reportNoKey({ block, report }: BlockCheck, { span }: Word): void {
  const message = 'A "key:" cannot be compared with "key-format: none".'
  report.add('K201', 'error', span, message, { block })
}

function checkJson(
  { file, block, report }: BlockCheck,
  part: 'key' | 'value' | 'pattern',
  word: Word,
): void {
  const problem = jsonProblem(word.text)
  if (problem) reportNotJson({ file, block, report }, part, word.span.start, problem)
}

function reportNotJson(
  { file, block, report }: Pick<BlockCheck, 'file' | 'block' | 'report'>,
  part: 'key' | 'value' | 'pattern' | 'record',
  base: number,
  problem: JsonProblem,
): void {
  const start = base + problem.span.start
  const { line, column } = file.lines.placeOf(start)
  report.add(
    'K210',
    'error',
    { start, end: base + problem.span.end },
    `The ${part} is not JSON: line ${line + 1}, column ${column + 1} should have ${problem.expected}.`,
    { block },
  )
}

function contentProblem({ name, parameters }: WrittenFormat, text: string): string | undefined {
  switch (name) {
    case 'short':
    case 'integer':
    case 'long':
      return problemIn(integerOfType(text, name))
    case 'double':
    case 'float':
      return problemIn(numberOf(text))
    case 'bytes':
      return bytesProblem(parameters[0], text)
    default:
      return undefined
  }
}

function problemIn(
  result: { readonly value: unknown } | { readonly problem: string },
): string | undefined {
  return 'problem' in result ? result.problem : undefined
}

import type { GivenText } from '../given.ts'
import { nearestName, scopeOf, sourceOf, type NameScope, type NameSource } from '../names.ts'
import { callOf, scanTemplates, type TemplateCall, type TemplateExpression } from '../template.ts'
import { templateWordsOf, variableWordsOf } from '../templateWords.ts'
import type { Block, KafkaFile, Word } from '../tree.ts'
import { didYouMean, quoted } from '../words.ts'
import type { Knowledge } from './knowledge.ts'
import { checkUse, newNameCheck, type NameCheck } from './names.ts'
import { replacement, type Report } from './report.ts'

/** What the check of templates needs to know, and remembers across a file. */
export interface TemplateCheck {
  readonly scope: NameScope
  readonly names: NameCheck
  readonly missing: NonNullable<Knowledge['missing']>
  readonly report: Report
  readonly named: Map<string, Named>
  readonly suggestions: Map<string, string | undefined>
  /** Whether a block holds many records, whose fields are names. */
  readonly hasRows: (block: Block) => boolean
  /** Whether an expression that names nothing is an error. */
  readonly isStrict: (expression: TemplateExpression) => boolean
}

interface Named {
  readonly call: TemplateCall | undefined
  readonly source: NameSource | undefined
}

export function newTemplateCheck(
  file: KafkaFile,
  knowledge: Knowledge,
  report: Report,
): TemplateCheck {
  const rows = new Map<Block, boolean>()
  const hasRows = (block: Block) => {
    const known = rows.get(block)
    if (known !== undefined) return known
    const has = block.properties.some(({ name }) => name === 'records' || name === 'records-from')
    rows.set(block, has)
    return has
  }
  const isStrict = ({ strict, text }: TemplateExpression) =>
    strict && (knowledge.generatedData !== false || text.startsWith('$'))
  const given = knowledge.given ?? new Map<string, GivenText>()
  const scope = scopeOf(file, given.keys())
  const names = newNameCheck(file, given, scope, report)
  const missing = knowledge.missing ?? (() => undefined)
  return {
    scope,
    names,
    missing,
    report,
    named: new Map(),
    suggestions: new Map(),
    hasRows,
    isStrict,
  }
}

/** Looking for a near name costs time: in a file of garbage the later ones go without. */
const MOST_SUGGESTIONS = 200

/** K301, K302 and K307 in the values of properties and in the body. */
export function checkTemplates(block: Block, check: TemplateCheck): void {
  for (const word of templateWordsOf(block)) checkText(block, word, check)
}

/** The same for the values of variables, which belong to no block. */
export function checkVariables(file: KafkaFile, check: TemplateCheck): void {
  for (const word of variableWordsOf(file)) checkText(undefined, word, check)
}

function checkText(block: Block | undefined, word: Word, check: TemplateCheck): void {
  const { parts, unclosed } = scanTemplates(word.text, word.span.start)
  for (const part of parts) {
    if (part.kind === 'expression') checkExpression(block, part, check)
  }
  for (const span of unclosed) {
    check.report.add('K302', 'warning', span, '"{{" is not closed; sent as it stands.', { block })
  }
}

function checkExpression(
  block: Block | undefined,
  expression: TemplateExpression,
  check: TemplateCheck,
): void {
  const { call, source } = namedIn(expression.text, check)
  if (call && source) {
    if (source === 'system') checkMissing(block, expression, call, check)
    else if (block && block.kind !== 'DEFAULTS') checkUse(block, expression, call, check.names)
    return
  }
  const name = call?.name ?? expression.text
  // A block of many records has names that only its records know.
  if (block && !name.startsWith('$') && check.hasRows(block)) return
  const suggestion = suggestionFor(name, check)
  const start = expression.inner.start + (call?.nameStart ?? 0)
  const fixes =
    suggestion === undefined || !call
      ? []
      : [
          replacement(
            `Replace with "${suggestion}"`,
            { start, end: start + name.length },
            suggestion,
          ),
        ]
  if (check.isStrict(expression)) {
    check.report.add(
      'K301',
      'error',
      expression.span,
      `${quoted(expression.raw)} is not defined.${didYouMean(suggestion)}`,
      { block, fixes },
    )
  } else if (suggestion !== undefined) {
    check.report.add(
      'K307',
      'information',
      expression.span,
      `${quoted(expression.raw)} is sent as it stands.${didYouMean(suggestion)}`,
      { block, fixes },
    )
  }
}

/** What an expression names. The same one stands in many places. */
function namedIn(text: string, { named, scope }: TemplateCheck): Named {
  const known = named.get(text)
  if (known) return known
  const call = callOf(text)
  const found = { call, source: call && sourceOf(call, scope) }
  named.set(text, found)
  return found
}

/** K306: what the caller knows that nobody will give. */
function checkMissing(
  block: Block | undefined,
  { span }: TemplateExpression,
  { name, rest }: TemplateCall,
  check: TemplateCheck,
): void {
  if (rest === '' || !OUTSIDE.has(name)) return
  const message = check.missing(name, rest)
  if (message === undefined) return
  check.report.add('K306', 'error', span, message, { block })
}

/** The names that ask somebody outside for a text. */
const OUTSIDE = new Set(['$secret', '$prompt', '$env', '$dotenv'])

function suggestionFor(name: string, check: TemplateCheck): string | undefined {
  const { suggestions, scope } = check
  if (!suggestions.has(name)) {
    if (suggestions.size >= MOST_SUGGESTIONS) return undefined
    const nearest = nearestName(name, scope)
    suggestions.set(name, nearest === name ? undefined : nearest)
  }
  return suggestions.get(name)
}

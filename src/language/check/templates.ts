import type { GivenText } from '../given.ts'
import { nearestName, sourceOf, type NameSource } from '../names.ts'
import type { Settings } from '../settings.ts'
import { callOf, scanTemplates, type TemplateCall, type TemplateExpression } from '../template.ts'
import { templateWordsIn, templateWordsOf, variableWordsOf } from '../templateWords.ts'
import type { Block, KafkaFile, Property, Word } from '../tree.ts'
import { argumentProblem } from '../values/systemArguments.ts'
import { didYouMean, quoted } from '../words.ts'
import type { Knowledge } from './knowledge.ts'
import { checkInheritedUse, checkUse, newNameCheck, type NameCheck } from './names.ts'
import { replacement, type Report } from './report.ts'

/** What the check of templates needs to know, and remembers across a file. */
export interface TemplateCheck {
  /** The names that count in a block; without one, and in DEFAULTS, those of the file. */
  readonly namesIn: (block?: Block) => KnownNames
  readonly missing: NonNullable<Knowledge['missing']>
  readonly report: Report
  /** Whether a block holds many records, whose fields are names. */
  readonly hasRows: (block: Block) => boolean
  /** Whether an expression that names nothing is an error. */
  readonly isStrict: (expression: TemplateExpression) => boolean
}

/** The names of a file with the values of one environment. */
export interface KnownNames extends NameCheck {
  readonly named: Map<string, Named>
  readonly inherited: Map<readonly Property[], readonly Inherited[]>
  readonly suggestions: Map<string, string | undefined>
}

interface Named {
  readonly call: TemplateCall | undefined
  readonly source: NameSource | undefined
}

const NOTHING_GIVEN: ReadonlyMap<string, GivenText> = new Map()

export function newTemplateCheck(
  file: KafkaFile,
  settings: Settings,
  knowledge: Knowledge,
  report: Report,
): TemplateCheck {
  const rows = new Map<Block, boolean>()
  const hasRows = (block: Block) => {
    const known = rows.get(block)
    if (known !== undefined) return known
    const has = ['records', 'records-from'].some(name => settings.one(block, name) !== undefined)
    rows.set(block, has)
    return has
  }
  const isStrict = ({ strict, text }: TemplateExpression) =>
    strict && (knowledge.generatedData !== false || text.startsWith('$'))
  const missing = knowledge.missing ?? (() => undefined)
  const namesIn = namesByEnvironment(file, knowledge, report)
  return { namesIn, missing, report, hasRows, isStrict }
}

function namesByEnvironment(
  file: KafkaFile,
  { given = NOTHING_GIVEN, givenOf }: Knowledge,
  report: Report,
): TemplateCheck['namesIn'] {
  const known = new Map<ReadonlyMap<string, GivenText>, KnownNames>()
  const namesWith = (values: ReadonlyMap<string, GivenText>) => {
    const names = known.get(values) ?? {
      ...newNameCheck(file, values, report),
      named: new Map(),
      inherited: new Map(),
      suggestions: new Map(),
    }
    known.set(values, names)
    return names
  }
  const ofFile = namesWith(given)
  if (!givenOf) return () => ofFile
  return block => {
    const own = block && block.kind !== 'DEFAULTS' ? givenOf(block) : undefined
    return own ? namesWith(own) : ofFile
  }
}

/** Looking for a near name costs time: in a file of garbage the later ones go without. */
const MOST_SUGGESTIONS = 200

/** K301, K302 and K307 in the group, in the values of properties and in the body. */
export function checkTemplates(block: Block, check: TemplateCheck): void {
  for (const word of templateWordsOf(block)) checkText(block, word, check)
}

/** The same for the values of variables, which belong to no block. */
export function checkVariables(file: KafkaFile, check: TemplateCheck): void {
  for (const word of variableWordsOf(file)) checkText(undefined, word, check)
}

/** A template of DEFAULTS, which may be wrong in one of the blocks that get it. */
interface Inherited extends Named {
  readonly property: Property
  readonly expression: TemplateExpression
}

/** More of them help nobody, and would cost time in each block of a file of garbage. */
const MOST_INHERITED = 20

/** K301, K304 and K310 in what DEFAULTS give a block: what is known there may not be known here. */
export function checkInherited(block: Block, settings: Settings, check: TemplateCheck): void {
  if (block.kind === 'DEFAULTS') return
  const properties = settings.templatesAbove(block)
  if (properties.length === 0 || check.report.isFull('error')) return
  const names = check.namesIn(block)
  for (const { property, expression, call, source } of inheritedIn(properties, names, check)) {
    if (!settings.takes(block, property)) continue
    if (call && source) checkInheritedUse(block, expression, call, names)
    else if (check.isStrict(expression) && namedIn(expression.text, check.namesIn()).source)
      check.report.add(
        'K301',
        'error',
        block.keyword,
        `${quoted(expression.raw)} of the DEFAULTS, in line ${names.file.lines.lineAt(expression.span.start) + 1}, is not defined in the environment of this block.`,
        { block },
      )
  }
}

function inheritedIn(
  properties: readonly Property[],
  names: KnownNames,
  { isStrict }: TemplateCheck,
): readonly Inherited[] {
  const known = names.inherited.get(properties)
  if (known) return known
  const found = properties
    .flatMap(property =>
      templateWordsIn('DEFAULTS', property).flatMap(({ text, span }) =>
        scanTemplates(text, span.start).parts.flatMap(part =>
          part.kind === 'expression'
            ? [{ property, expression: part, ...namedIn(part.text, names) }]
            : [],
        ),
      ),
    )
    .filter(({ expression, source }) => (source ? DECLARED.has(source) : isStrict(expression)))
    .slice(0, MOST_INHERITED)
  names.inherited.set(properties, found)
  return found
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
  const names = check.namesIn(block)
  const { call, source } = namedIn(expression.text, names)
  if (call && source) {
    if (source === 'system') checkSystem(block, expression, call, check)
    else if (DECLARED.has(source) && block && block.kind !== 'DEFAULTS')
      checkUse(block, expression, call, names)
    return
  }
  const name = call?.name ?? expression.text
  // A block of many records has names that only its records know.
  if (block && !name.startsWith('$') && check.hasRows(block)) return
  const suggestion = suggestionFor(name, names)
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
function namedIn(text: string, { named, scope }: KnownNames): Named {
  const known = named.get(text)
  if (known) return known
  const call = callOf(text)
  const found = { call, source: call && sourceOf(call, scope) }
  named.set(text, found)
  return found
}

/** K301 and K306: what a `$name` cannot use, and what the caller knows that nobody will give. */
function checkSystem(
  block: Block | undefined,
  { span }: TemplateExpression,
  { name, rest }: TemplateCall,
  check: TemplateCheck,
): void {
  const wrong = argumentProblem(name, rest)
  if (wrong !== undefined) check.report.add('K301', 'error', span, wrong, { block })
  if (rest === '' || !OUTSIDE.has(name)) return
  const message = check.missing(name, rest)
  if (message === undefined) return
  check.report.add('K306', 'error', span, message, { block })
}

/** What may not be known yet where it is used. */
const DECLARED: ReadonlySet<NameSource> = new Set(['capture', 'block', 'variable', 'given'])

/** The names that ask somebody outside for a text. */
const OUTSIDE = new Set(['$secret', '$prompt', '$env', '$dotenv'])

function suggestionFor(name: string, { suggestions, scope }: KnownNames): string | undefined {
  if (!suggestions.has(name)) {
    if (suggestions.size >= MOST_SUGGESTIONS) return undefined
    const nearest = nearestName(name, scope)
    suggestions.set(name, nearest === name ? undefined : nearest)
  }
  return suggestions.get(name)
}

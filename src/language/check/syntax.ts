import { closest } from '../closest.ts'
import { keywordOfLine } from '../keyword.ts'
import { lineEndOf, type Span } from '../lines.ts'
import type { Block, FileProblem, Fix, KafkaFile, Property, Word } from '../tree.ts'
import { definitionOf, definitionsOf } from '../vocabulary.ts'
import { didYouMean, quoted } from '../words.ts'
import { newReport, replacement, type Report } from './report.ts'

/** The problems that the text alone shows: K101 to K113. */
export function syntaxProblems(file: KafkaFile): readonly FileProblem[] {
  const report = newReport()
  for (const block of file.blocks) {
    if (block.kind === 'PRODUCER') checkValue(file, block, report)
    else checkNames(block, report)
    checkRepeated(block, report)
    for (const variable of block.variables) {
      reportVariable(file, block, variable.span, report)
    }
  }
  return report.problems
}

function checkValue(file: KafkaFile, block: Block, report: Report): void {
  const { body } = block
  if (!body) return
  const firstLine = file.lines.lineAt(body.span.start)
  const start = file.lines.startOf(firstLine)
  const line: Word = {
    text: file.text.slice(start, file.lines.endOf(firstLine)),
    span: { start, end: file.lines.endOf(firstLine) },
  }
  checkComment(file, block, firstLine, report)
  checkPropertyInValue(block, line, report)
  if (/^@[A-Za-z_][\w.-]*[ \t]*=/.test(line.text)) reportVariable(file, block, line.span, report)
  checkBlocksInValue(file, block, body, report)
}

const FOREIGN_COMMENT = /^\s*(?:#+|\/\/+)/

/** K101. The fix takes the whole run of such lines: the next one would start the value again. */
function checkComment(file: KafkaFile, block: Block, firstLine: number, report: Report): void {
  const { lines, text } = file
  const textOf = (line: number) => text.slice(lines.startOf(line), lines.endOf(line))
  const first = textOf(firstLine)
  if (!FOREIGN_COMMENT.test(first)) return
  const edits = []
  for (let line = firstLine; line <= block.endLine; line++) {
    const marker = FOREIGN_COMMENT.exec(textOf(line))
    if (!marker) break
    const start = lines.startOf(line)
    edits.push({ span: { start, end: start + marker[0].length }, text: '--' })
  }
  report.add(
    'K101',
    'warning',
    { start: lines.startOf(firstLine), end: lines.endOf(firstLine) },
    'This line is sent as part of the record value. Comments start with "--".',
    { block, fixes: [{ title: 'Make it a comment', edits }] },
  )
}

/** What people write for a property that is called otherwise. */
const MEANT: ReadonlyMap<string, string> = new Map([
  ['timestamp', 'record-timestamp'],
  ['partition', 'record-partition'],
  ['partitions', 'record-partition'],
  ['count', 'record-count'],
  ['format', 'value-format'],
  ['schema', 'value-schema'],
  ['interval', 'every'],
])

const LOOKS_LIKE_PROPERTY = /^(\s*)([A-Za-z][\w-]*)(\s*):/

/** K102 and K104: the first line of a value that was meant as a property. */
function checkPropertyInValue(block: Block, line: Word, report: Report): void {
  const match = LOOKS_LIKE_PROPERTY.exec(line.text)
  if (!match) return
  const [whole, indent = '', word = '', gap = ''] = match
  const name = word.toLowerCase()
  const known = definitionOf('PRODUCER', name) !== undefined
  const start = line.span.start + indent.length
  const span = { start, end: line.span.start + whole.length }
  if (known && (indent !== '' || gap !== '' || name !== word)) {
    const edit = { span: { start: line.span.start, end: span.end }, text: `${name}:` }
    report.add(
      'K102',
      'warning',
      span,
      `${quoted(whole.trimStart())} is sent as part of the record value. Write "${name}:" at the start of the line.`,
      { block, fixes: [{ title: `Write "${name}:"`, edits: [edit] }] },
    )
  } else if (indent === '' && gap === '') {
    checkNearProperty(block, word, span, known, report)
  }
}

/** What a new property must look like, where its name alone does not make it one. */
const GRAMMAR_WORDS: ReadonlyMap<string, string> = new Map([
  ['header', 'header: name = value'],
  ['config', 'config: name = value'],
  ['capture', 'capture: name = value'],
  ['rate', 'rate: 200/s'],
  ['records', 'records: jsonl'],
  ['acks', 'acks: all'],
  ['compression', 'compression: gzip'],
  ['idempotent', 'idempotent: true'],
])

function checkNearProperty(
  block: Block,
  word: string,
  span: Span,
  known: boolean,
  report: Report,
): void {
  const sent = `"${word}:" is sent as part of the record value.`
  if (known) {
    const example = GRAMMAR_WORDS.get(word)
    if (example === undefined) return
    report.add('K104', 'warning', span, `${sent} As a property it is written "${example}".`, {
      block,
    })
  } else if (word === 'value') {
    report.add('K104', 'warning', span, `${sent} Write the value without a name.`, {
      block,
      fixes: [replacement('Remove "value:"', span, '')],
    })
  } else {
    const suggestion = suggestionFor(word)
    if (suggestion === undefined) return
    report.add('K104', 'warning', span, `${sent}${didYouMean(suggestion, ':')}`, {
      block,
      fixes: [replacement(`Replace with "${suggestion}:"`, span, `${suggestion}:`)],
    })
  }
}

const PRODUCER_NAMES = definitionsOf('PRODUCER').map(property => property.name)

/** Payloads start with these words often: nothing is guessed from them. */
const ORDINARY = new Set(['id', 'name', 'type', 'delay', 'cluster', 'date', 'rates', 'record'])

function suggestionFor(word: string): string | undefined {
  if (ORDINARY.has(word)) return undefined
  return MEANT.get(word) ?? (word.length > 2 ? closest(word, PRODUCER_NAMES) : undefined)
}

/** K105: the value swallows what was meant as the next block. */
function checkBlocksInValue(file: KafkaFile, block: Block, body: Word, report: Report): void {
  const first = file.lines.lineAt(body.span.start)
  for (let line = first; line <= block.endLine; line++) {
    const kind = keywordOfLine(file, line)
    if (!kind) continue
    const start = file.lines.startOf(line)
    report.add(
      'K105',
      'warning',
      { start, end: file.lines.endOf(line) },
      'This block is part of the value of the PRODUCER above. End it with "###".',
      {
        block,
        fixes: [replacement('Insert ###', { start, end: start }, `###${lineEndOf(file)}`)],
      },
    )
  }
}

/** K110 and K111. */
function checkNames(block: Block, report: Report): void {
  let names: string[] | undefined
  for (const property of block.properties) {
    if (property.value === undefined || property.name === '') {
      reportNoName(block, property, report)
    } else if (!definitionOf(block.kind, property.name) && !report.isFull('warning')) {
      names ??= definitionsOf(block.kind).map(definition => definition.name)
      const suggestion = closest(property.name, names)
      report.add(
        'K110',
        'warning',
        property.nameSpan,
        `Unknown property ${quoted(property.name)}.${didYouMean(suggestion)}`,
        {
          block,
          fixes:
            suggestion === undefined
              ? []
              : [replacement(`Replace with "${suggestion}"`, property.nameSpan, suggestion)],
        },
      )
    }
  }
}

function reportNoName(block: Block, property: Property, report: Report): void {
  const fixes: Fix[] = []
  if (property.name !== '') {
    const word = /^\S+/.exec(property.name)?.[0] ?? property.name
    const at = property.nameSpan.start + word.length
    fixes.push({ title: 'Insert ":"', edits: [{ span: { start: at, end: at }, text: ':' }] })
  }
  report.add('K111', 'error', property.span, 'Expected "name: value".', { block, fixes })
}

/** K112, on each repetition. */
function checkRepeated(block: Block, report: Report): void {
  if (isShortWithoutTwins(block.properties)) return
  const seen = new Map<string, number>()
  for (const property of block.properties) {
    const definition = definitionOf(block.kind, property.name)
    if (!definition || definition.repeatable || property.value === undefined) continue
    const count = (seen.get(property.name) ?? 0) + 1
    seen.set(property.name, count)
    if (count < 2) continue
    const times = count === 2 ? 'twice' : `${count} times`
    report.add(
      'K112',
      'warning',
      property.nameSpan,
      `${quoted(property.name)} is given ${times}; the last one is used.`,
      { block },
    )
  }
}

/** Most blocks: a few lines, compared without making anything. */
function isShortWithoutTwins(properties: readonly Property[]): boolean {
  if (properties.length > 16) return false
  for (let at = 1; at < properties.length; at++)
    for (let before = 0; before < at; before++)
      if (properties[at]?.name === properties[before]?.name) return false
  return true
}

/** K113. The fix moves the line above the block. */
function reportVariable(file: KafkaFile, block: Block, span: Span, report: Report): void {
  const line = file.lines.lineAt(span.start)
  const start = file.lines.startOf(line)
  const next = line + 1 < file.lines.count ? file.lines.startOf(line + 1) : file.lines.endOf(line)
  const text = file.text.slice(span.start, span.end).trim() + lineEndOf(file)
  report.add('K113', 'warning', span, 'Variables are declared outside blocks.', {
    block,
    fixes: [
      {
        title: 'Move it above the block',
        edits: [
          { span: { start: block.span.start, end: block.span.start }, text },
          { span: { start, end: next }, text: '' },
        ],
      },
    ],
  })
}

import { trimmed, wordOf } from './blanks.ts'
import { syntaxProblems } from './check/syntax.ts'
import { fitsGrammar } from './fits.ts'
import { isSeparator, keywordAt } from './keyword.ts'
import { linesOf, type Lines } from './lines.ts'
import type {
  Block,
  BlockKind,
  Comment,
  Directive,
  FileProblem,
  KafkaFile,
  Property,
  Separator,
  Variable,
  Word,
} from './tree.ts'
import { definitionOf } from './vocabulary.ts'

export interface Parsed {
  readonly file: KafkaFile
  /**
   * What is wrong with the syntax alone: K101 to K113, looked for when it is asked. `check` finds
   * these and the others.
   */
  readonly problems: readonly FileProblem[]
}

/**
 * Reads a `.kafka` file. Never throws and always returns a whole tree, whatever the text is, in
 * time linear in its length. Everything is decided line by line and by what a line starts with.
 */
export function parse(text: string): Parsed {
  const file = parseFile(text)
  return {
    file,
    get problems() {
      return syntaxProblems(file)
    },
  }
}

interface Notes {
  readonly directives: Directive[]
  readonly comments: Comment[]
  readonly variables: Variable[]
}

interface Reading extends Notes {
  readonly text: string
  readonly lines: Lines
  readonly blocks: Block[]
  readonly separators: Separator[]
}

function parseFile(text: string): KafkaFile {
  const lines = linesOf(text)
  const file: Reading = {
    text,
    lines,
    blocks: [],
    separators: [],
    directives: [],
    comments: [],
    variables: [],
  }
  let line = 0
  while (line < lines.count) {
    const kind = keywordAt(text, lines.startOf(line), lines.endOf(line))
    if (kind) {
      line = readBlock(file, kind, line)
    } else {
      readOutside(file, line)
      line++
    }
  }
  return file
}

function readOutside(file: Reading, line: number): void {
  const { text } = file
  const start = file.lines.startOf(line)
  const end = file.lines.endOf(line)
  if (isSeparator(text, start)) {
    let titleStart = start + 3
    while (titleStart < end && text[titleStart] === '#') titleStart++
    file.separators.push({ title: wordOf(text, titleStart, end), line, span: { start, end } })
  } else if (text.startsWith('--', start)) {
    readComment(file, text, start, end, line)
  } else if (text.startsWith('@', start)) {
    const variable = variableOf(text, start, end, line)
    if (variable) file.variables.push(variable)
  }
}

/** Reads the block that starts at `line`; returns the first line after it. */
function readBlock(file: Reading, kind: BlockKind, line: number): number {
  const { text, lines } = file
  const endLine = lastLineOf(file, kind, line)
  const start = lines.startOf(line)
  const header = { start, end: lines.endOf(line) }
  const keyword = { start, end: start + kind.length }
  const notes: Notes = { directives: [], comments: [], variables: [] }
  const properties: Property[] = []
  const read = kind === 'PRODUCER' ? readProducerLine : readPropertyLine
  let body: Word | undefined
  for (let at = line + 1; at <= endLine; at++) {
    if (read(file, kind, at, properties, notes)) continue
    body = wordOf(text, lines.startOf(at), lines.endOf(endLine))
    break
  }
  file.blocks.push({
    kind,
    index: file.blocks.length,
    keyword,
    ...titleOf(kind, wordOf(text, keyword.end, header.end)),
    startLine: line,
    endLine,
    span: { start, end: lines.endOf(endLine) },
    header,
    properties,
    ...notes,
    ...(body && { body }),
  })
  return endLine + 1
}

/** A PRODUCER ends at a separator only; the others at any block keyword too. */
function lastLineOf(file: Reading, kind: BlockKind, line: number): number {
  const { text, lines } = file
  let last = line
  while (last + 1 < lines.count) {
    const start = lines.startOf(last + 1)
    if (isSeparator(text, start)) break
    if (kind !== 'PRODUCER' && keywordAt(text, start, lines.endOf(last + 1))) break
    last++
  }
  return last
}

const NAME = /^[A-Za-z_][\w-]*$/

function titleOf(kind: BlockKind, title: Word): Pick<Block, 'label' | 'group' | 'name'> {
  if (title.text === '') return {}
  if (kind === 'CONSUMER') return { group: title }
  if (kind === 'EXPECT') {
    const group = /^GROUP\s+/.exec(title.text)
    if (group) {
      const start = title.span.start + group[0].length
      const text = title.text.slice(group[0].length)
      return { group: { text, span: { start, end: title.span.end } } }
    }
  }
  return { label: title, ...(NAME.test(title.text) && { name: title.text }) }
}

/** Reads a line before the value of a PRODUCER; false: the value starts here. */
function readProducerLine(
  file: Reading,
  kind: BlockKind,
  line: number,
  properties: Property[],
  notes: Notes,
): boolean {
  const { text } = file
  const start = file.lines.startOf(line)
  const end = file.lines.endOf(line)
  if (text.startsWith('--', start)) {
    readComment(notes, text, start, end, line)
    return true
  }
  const span = trimmed(text, start, end)
  if (span.start === span.end) return true
  const content = text.slice(start, end)
  const colon = content.indexOf(':')
  const name = colon < 0 ? undefined : definitionOf(kind, content.slice(0, colon))?.name
  if (name === undefined) return false
  const value = wordOf(text, start + colon + 1, end)
  if (!fitsGrammar(name, value.text)) return false
  const nameSpan = { start, end: start + colon }
  properties.push({ name, nameSpan, value: value.text, valueSpan: value.span, line, span })
  return true
}

/** Reads a line of a block that holds properties only; false: the pattern of an EXPECT starts. */
function readPropertyLine(
  file: Reading,
  kind: BlockKind,
  line: number,
  properties: Property[],
  notes: Notes,
): boolean {
  const { text } = file
  const span = trimmed(text, file.lines.startOf(line), file.lines.endOf(line))
  if (span.start === span.end) return true
  const { start, end } = span
  const first = text[start]
  if (text.startsWith('--', start) || first === '#' || text.startsWith('//', start)) {
    readComment(notes, text, start, end, line)
    return true
  }
  if (kind === 'EXPECT' && (first === '{' || first === '[')) return false
  const variable = first === '@' ? variableOf(text, start, end, line) : undefined
  if (variable) notes.variables.push(variable)
  else properties.push(propertyAt(text, kind, start, end, line))
  return true
}

function propertyAt(
  text: string,
  kind: BlockKind,
  start: number,
  end: number,
  line: number,
): Property {
  const span = { start, end }
  const content = text.slice(start, end)
  const colon = content.indexOf(':')
  if (colon < 0) {
    return { name: content, nameSpan: span, valueSpan: { start: end, end }, line, span }
  }
  const name = wordOf(text, start, start + colon)
  const value = wordOf(text, start + colon + 1, end)
  return {
    // One and the same text wherever it stands: names are compared often.
    name: definitionOf(kind, name.text)?.name ?? name.text,
    nameSpan: name.span,
    value: value.text,
    valueSpan: value.span,
    line,
    span,
  }
}

const DIRECTIVE = /^--\s*@([A-Za-z][\w-]*)/

function readComment(
  notes: Omit<Notes, 'variables'>,
  text: string,
  start: number,
  end: number,
  line: number,
): void {
  const match = text.startsWith('--', start) ? DIRECTIVE.exec(text.slice(start, end)) : null
  const name = match?.[1]
  if (!match || name === undefined) {
    notes.comments.push({ span: { start, end }, line })
    return
  }
  const nameEnd = start + match[0].length
  const argument = wordOf(text, nameEnd, end)
  notes.directives.push({
    name,
    nameSpan: { start: nameEnd - name.length - 1, end: nameEnd },
    argument: argument.text,
    argumentSpan: argument.span,
    line,
  })
}

const VARIABLE = /^@([A-Za-z_][\w.-]*)[ \t]*=/

function variableOf(text: string, start: number, end: number, line: number): Variable | undefined {
  const match = VARIABLE.exec(text.slice(start, end))
  const name = match?.[1]
  if (!match || name === undefined) return undefined
  const value = wordOf(text, start + match[0].length, end)
  return {
    name,
    nameSpan: { start: start + 1, end: start + 1 + name.length },
    value: value.text,
    valueSpan: value.span,
    line,
    span: { start, end },
  }
}

/** The rules of the schema by which Jenkins takes JUnit reports, in our own words. */
interface ElementRule {
  readonly required: readonly string[]
  readonly optional: readonly string[]
  readonly children: readonly string[]
  /** Text between its tags. */
  readonly text: boolean
}

const OUTPUT: ElementRule = { required: [], optional: [], children: [], text: true }
const OUTCOME: ElementRule = { ...OUTPUT, optional: ['type', 'message'] }

const RULES: Readonly<Record<string, ElementRule>> = {
  testsuites: {
    required: [],
    optional: ['name', 'time', 'tests', 'failures', 'errors'],
    children: ['testsuite'],
    text: false,
  },
  testsuite: {
    required: ['name', 'tests', 'failures', 'errors'],
    optional: [
      'group',
      'time',
      'skipped',
      'timestamp',
      'hostname',
      'id',
      'package',
      'file',
      'log',
      'url',
    ],
    children: ['testsuite', 'properties', 'testcase', 'system-out', 'system-err'],
    text: false,
  },
  testcase: {
    required: ['name'],
    optional: ['time', 'classname', 'group'],
    children: ['skipped', 'error', 'failure', 'system-out', 'system-err'],
    text: false,
  },
  properties: { required: [], optional: [], children: ['property'], text: false },
  property: { required: ['name', 'value'], optional: [], children: [], text: false },
  skipped: OUTCOME,
  error: OUTCOME,
  failure: OUTCOME,
  'system-out': OUTPUT,
  'system-err': OUTPUT,
}

const ATTRIBUTE = /\s+([A-Za-z_][\w.-]*)="([^"<]*)"/y
const REFERENCE = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-fA-F]+);)/
/** XML 1.0, production 2. */
const CHARACTERS = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u
const SUREFIRE_TIME = /^(?:(?:\d{0,3},)*\d{3}|\d{0,3})*(?:\.\d*)?$/

interface Open {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly cases: Record<string, number>
}

/** What is not well formed or not allowed in a report; sentences for people. */
export function junitProblems(xml: string): readonly string[] {
  const problems: string[] = []
  if (!CHARACTERS.test(xml)) problems.push('a character that XML 1.0 does not allow')
  const declaration = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n/.exec(xml)?.[0] ?? ''
  if (declaration === '') problems.push('no declaration')
  const stack: Open[] = []
  let roots = 0
  for (const [piece] of xml.slice(declaration.length).matchAll(/<[^>]*>|[^<]+/g)) {
    if (!piece.startsWith('<')) text(piece)
    else if (piece.startsWith('</')) close(piece.slice(2, -1))
    else open(piece)
  }
  if (stack.length > 0 || roots !== 1) problems.push('not one whole root')
  return problems

  function text(piece: string) {
    const parent = stack.at(-1)
    if (REFERENCE.test(piece)) problems.push(`a bare & in ${parent?.name ?? 'nothing'}`)
    if (piece.includes(']]>')) problems.push(`]]> in ${parent?.name ?? 'nothing'}`)
    if (piece.trim() !== '' && !RULES[parent?.name ?? '']?.text)
      problems.push(`text in ${parent?.name ?? 'nothing'}`)
  }

  function close(name: string) {
    const closed = stack.pop()
    if (closed?.name !== name) problems.push(`</${name}> closes ${closed?.name ?? 'nothing'}`)
    if (closed?.name === 'testsuite') countsOf(closed)
  }

  function open(piece: string) {
    const name = /^<([\w-]+)/.exec(piece)?.[1] ?? ''
    const empty = piece.endsWith('/>')
    const rule = RULES[name]
    const parent = stack.at(-1)
    if (!parent) roots++
    if (parent && !RULES[parent.name]?.children.includes(name))
      problems.push(`<${name}> in <${parent.name}>`)
    if (!parent && name !== 'testsuites') problems.push(`<${name}> as the root`)
    const attributes = attributesOf(piece, name.length + 1, piece.length - (empty ? 2 : 1))
    for (const required of rule?.required ?? [])
      if (!attributes.has(required)) problems.push(`<${name}> without ${required}`)
    for (const [key, value] of attributes) {
      if (!rule?.required.includes(key) && !rule?.optional.includes(key))
        problems.push(`${key} of <${name}>`)
      if (key === 'time' && !SUREFIRE_TIME.test(value)) problems.push(`time="${value}"`)
      if (REFERENCE.test(value)) problems.push(`a bare & in ${key} of <${name}>`)
    }
    if (parent) parent.cases[name] = (parent.cases[name] ?? 0) + 1
    const suite = stack.findLast(each => each.name === 'testsuite')
    if (suite && ['failure', 'error', 'skipped'].includes(name))
      suite.cases[name] = (suite.cases[name] ?? 0) + 1
    if (!empty) stack.push({ name, attributes, cases: {} })
  }

  /** Not a rule of the schema, but what a reader makes of the numbers. */
  function countsOf({ attributes, cases }: Open) {
    for (const [key, child] of [
      ['tests', 'testcase'],
      ['failures', 'failure'],
      ['errors', 'error'],
      ['skipped', 'skipped'],
    ] as const) {
      const told = attributes.get(key)
      if (told !== String(cases[child] ?? 0)) problems.push(`${key}="${told ?? ''}" is not so`)
    }
  }

  function attributesOf(piece: string, from: number, to: number): ReadonlyMap<string, string> {
    const found = new Map<string, string>()
    ATTRIBUTE.lastIndex = from
    let end = from
    for (let match = ATTRIBUTE.exec(piece); match; match = ATTRIBUTE.exec(piece)) {
      const [, key = '', value = ''] = match
      if (found.has(key)) problems.push(`${key} twice`)
      found.set(key, value)
      end = ATTRIBUTE.lastIndex
    }
    if (piece.slice(end, to).trim() !== '') problems.push(`broken attributes: ${piece}`)
    return found
  }
}

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { check } from '../../src/language/check/check.ts'
import { parse } from '../../src/language/parse.ts'

/** Pieces of lines, with the slips that people make. */
const piece = fc.constantFrom(
  ...'PRODUCER CONSUMER ### -- : topic key headers key-format value-format every value-schema from'.split(
    ' ',
  ),
  ...'partitions Topic {"a":1} a=1 {{x}} // # value producer'.split(' '),
  ' ',
  '\t',
  '\u00a0',
  '',
)
const ANY_PIECE = fc.oneof(
  piece,
  fc.constantFrom(
    ...'EXPECT GROUP TOPIC DEFAULTS @x= -- @ignore header rate {{ }} {{"{{"}} { [ } ] 0-3 now-2h'.split(
      ' ',
    ),
    '\ud800',
    '\0',
    '\ufeff',
    '\r',
    '\n',
  ),
  fc.string({ unit: 'binary', maxLength: 5 }),
)
const anyText = fc.array(ANY_PIECE, { maxLength: 40 }).map(pieces => pieces.join(''))

/** A text with a piece of it taken out, doubled, moved or replaced. */
const mutated = fc
  .tuple(fc.nat(), fc.nat(60), fc.nat(), ANY_PIECE, fc.nat(3))
  .map(([from, length, to, piece, kind]) => (text: string) => {
    const start = from % (text.length + 1)
    const target = to % (text.length + 1)
    const cut = text.slice(start, start + length)
    const rest = text.slice(0, start) + (kind === 1 ? cut : '') + text.slice(start + length)
    const insert = [piece, cut, cut + piece, piece + piece][kind] ?? ''
    return rest.slice(0, target) + insert + rest.slice(target)
  })

describe('parse', () => {
  it('reads a text the same after others, and after it was changed and changed back', () => {
    const golden = ['examples', 'names', 'expects', 'records', 'directives'].map(name =>
      readFileSync(new URL(`golden/${name}.kafka`, import.meta.url), 'utf8'),
    )
    const shape = (text: string) => {
      const { file } = parse(text)
      const { blocks, variables, directives, separators } = file
      const problems = check(file).map(({ code, message, span }) => [code, message, span])
      return JSON.stringify([blocks, variables, directives, separators, problems])
    }
    fc.assert(
      fc.property(
        fc.constantFrom(...golden),
        fc.array(mutated, { maxLength: 4 }),
        (text, edits) => {
          const before = shape(text)
          const after = edits.reduce((result, edit) => edit(result), text)
          const fresh = shape(after)
          assert.equal(shape(text), before)
          assert.equal(shape(after), fresh)
        },
      ),
      { numRuns: 8 },
    )
  })

  it('gives a whole tree for any text, with spans that hold what they say', () => {
    fc.assert(
      fc.property(anyText, text => {
        const { file } = parse(text)
        const at = (span: { start: number; end: number }) => text.slice(span.start, span.end)
        let end = 0
        for (const block of file.blocks) {
          assert.ok(block.span.start >= end && block.span.end <= text.length)
          end = block.span.end
          assert.equal(at(block.keyword), block.kind)
          assert.equal(file.lines.lineAt(block.span.start), block.startLine)
          if (block.label) assert.equal(at(block.label.span), block.label.text)
          if (block.group) assert.equal(at(block.group.span), block.group.text)
          if (block.body) assert.equal(at(block.body.span), block.body.text)
          for (const property of block.properties) {
            assert.equal(at(property.nameSpan), property.name)
            assert.equal(at(property.valueSpan), property.value ?? '')
            assert.equal(file.lines.lineAt(property.span.start), property.line)
          }
        }
        for (const variable of file.variables) assert.equal(at(variable.nameSpan), variable.name)
        for (const problem of check(file)) {
          assert.ok(problem.span.start <= problem.span.end && problem.span.end <= text.length)
          assert.match(problem.message, /^["A-ZA-Z\d-].*[.?]$/su)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('reads the same whatever ends the lines, and after a byte order mark', () => {
    const lines = [
      '@x = 1',
      'PRODUCER p',
      'topic: a',
      '{',
      '}',
      '###',
      'CONSUMER g',
      'topic: b',
      '',
    ]
    const shape = (text: string) =>
      parse(text).file.blocks.map(({ startLine, endLine, properties, body }) => [
        startLine,
        endLine,
        properties.map(({ name, value, line: at }) => [name, value, at]),
        body?.text.replaceAll(/\r\n?/g, '\n'),
      ])
    const expected = shape(lines.join('\n'))
    assert.equal(expected.length, 2)
    for (const end of ['\r\n', '\r']) assert.deepEqual(shape(lines.join(end)), expected)
    const marked = parse(`\ufeff${lines.slice(1).join('\n')}`).file
    assert.equal(marked.blocks.length, 2)
    assert.deepEqual(marked.lines.placeOf(marked.blocks[0]!.span.start), { line: 0, column: 0 })
  })

  it('keeps the line ends of a value as they are', () => {
    assert.equal(
      parse('PRODUCER\r\n  {\r\n\r\n}\r\n \r\n').file.blocks[0]?.body?.text,
      '{\r\n\r\n}',
    )
  })

  const properties: [line: string, isProperty: boolean][] = [
    ['header: a = b', true],
    ['header: a=', true],
    ['header: a', false],
    ['header: =a', false],
    ['config: linger.ms = 5', true],
    ['capture: p = partition', true],
    ['capture: 1 = partition', false],
    ['rate: 200/s', true],
    ['rate: 200', false],
    ['rate: {{x}}', true],
    ['records: csv', true],
    ['records: 12 of them', false],
    ['acks: all', true],
    ['acks: 2', false],
    ['compression: zstd', true],
    ['compression: high', false],
    ['idempotent: true', true],
    ['idempotent: yes', false],
    ['record-partition: 3', true],
    ['value-from: file(x)', true],
    ['timestamp: 1', false],
    ['partition: 1', false],
    ['value: 1', false],
    ['topic : a', false],
    [' topic: a', false],
    ['topic:a', true],
  ]
  for (const [text, isProperty] of properties) {
    it(`${text} is ${isProperty ? 'a property' : 'the value'} of a PRODUCER`, () => {
      const block = parse(`PRODUCER\n${text}`).file.blocks[0]
      assert.equal(block?.properties.length, isProperty ? 1 : 0)
      assert.equal(block.body?.text, isProperty ? undefined : text.trim())
    })
  }

  const openings: [line: string, kind: string | undefined, title: string | undefined][] = [
    ['EXPECT', 'EXPECT', undefined],
    ['EXPECT GROUP', 'EXPECT', 'GROUP'],
    ['EXPECT GROUP a b', 'EXPECT', 'group a b'],
    ['EXPECT GROUPS', 'EXPECT', 'GROUPS'],
    ['EXPECTED', undefined, undefined],
    ['TOPIC\tx', 'TOPIC', 'x'],
    ['TOPICS', undefined, undefined],
    ['DEFAULTS', 'DEFAULTS', undefined],
    ['CONSUMER a/b c', 'CONSUMER', 'group a/b c'],
    ['CONSUMERgrp', 'CONSUMER', 'group grp'],
    ['PRODUCER send it', 'PRODUCER', 'send it'],
    ['producer', undefined, undefined],
    [' PRODUCER', undefined, undefined],
  ]
  for (const [text, kind, title] of openings) {
    it(`${JSON.stringify(text)} opens ${kind ?? 'nothing'}`, () => {
      const block = parse(text).file.blocks[0]
      assert.equal(block?.kind, kind)
      assert.equal(block?.group ? `group ${block.group.text}` : block?.label?.text, title)
    })
  }

  it('knows directives, variables and titles', () => {
    const { file } = parse(
      '-- @cluster prod\n@a.b = {{$uuid}} \n#### The title \nTOPIC\n --@skip later\n',
    )
    assert.deepEqual(
      file.directives.map(({ name, argument }) => [name, argument]),
      [['cluster', 'prod']],
    )
    assert.deepEqual(
      file.variables.map(({ name, value }) => [name, value]),
      [['a.b', '{{$uuid}}']],
    )
    assert.equal(file.separators[0]?.title.text, 'The title')
    assert.deepEqual(
      file.blocks[0]?.directives.map(({ name, argument }) => [name, argument]),
      [['skip', 'later']],
    )
  })

  it('reads a file that is only half written', () => {
    const text = readFileSync(new URL('golden/mistakes.kafka', import.meta.url), 'utf8')
    for (let end = 0; end < text.length; end += 31) {
      const { file } = parse(text.slice(0, end))
      assert.ok(check(file).length < 100)
    }
  })

  it('takes long runs of anything that opens or repeats', () => {
    const traps = [
      '{{a ',
      '}}',
      '{',
      ' ',
      ':',
      '=,',
      '@x=',
      '-- @ignore K1\n',
      'a: {{b}}\n',
      'header: ',
    ]
    for (const head of ['PRODUCER\n', 'CONSUMER\n', 'PRODUCER\nheaders: ', '']) {
      for (const trap of traps) check(parse(head + trap.repeat(1000)).file)
    }
  })
})

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { check } from '../../src/language/check/check.ts'
import type { Knowledge } from '../../src/language/check/knowledge.ts'
import { parse } from '../../src/language/parse.ts'
import { complete } from '../../src/language/services/completion.ts'
import { formatJsonOf } from '../../src/language/services/formatJson.ts'
import type { CompletionKnowledge } from '../../src/language/services/offers.ts'
import { hover } from '../../src/language/services/hover.ts'
import { nameAt, rename } from '../../src/language/services/navigate.ts'
import { foldingRanges, lensesOf, symbolsOf } from '../../src/language/services/outline.ts'
import { tokensOf } from '../../src/language/services/tokens.ts'
import { newExpressionCheck } from '../../src/run/expressionCheck.ts'

const folder = new URL('golden/', import.meta.url)
const [names, expects, records] = ['names', 'expects', 'records'].map(name =>
  readFileSync(new URL(`${name}.kafka`, folder), 'utf8'),
)
const golden = [names, expects, records].map(text => text ?? '')

const piece = fc.constantFrom(
  ...['PRODUCER', 'CONSUMER', 'EXPECT', 'EXPECT GROUP g', 'TOPIC', 'DEFAULTS', '###', '\n', '\r'],
  ...[
    'topic: ',
    'capture: x = ',
    'match: ',
    'select: ',
    'headers: ',
    '{{',
    '}}',
    '{{x}}',
    '"#uuid"',
  ],
  ...[
    '@x = ',
    '-- @ignore ',
    '-- @delay ',
    '-- @env e',
    'value-format: json\n',
    'value-schema: file(s)\n',
    'value-schema: {"properties":{"a":{"items":{"b":{}}}}}',
    'filter: headers["',
    'filter: value.',
    'header: ',
    '"',
    "'",
    '\\',
    '{',
    '[',
    ',',
    '\0',
    '\ud800',
    '\ufeff',
  ],
)
const text = fc.oneof(
  fc.array(piece, { maxLength: 30 }).map(pieces => pieces.join('')),
  fc
    .tuple(fc.constantFrom(...golden), fc.nat(), fc.nat(), piece)
    .map(([whole, from, length, insert]) => {
      const start = from % whole.length
      return whole.slice(0, start) + insert + whole.slice(start + (length % 40))
    }),
  fc
    .tuple(fc.constantFrom(...golden), fc.nat())
    .map(([whole, end]) => whole.slice(0, end % whole.length)),
)

describe('services', () => {
  const checkExpression = newExpressionCheck()
  const given = new Map([['x', { text: '{{y}}', secret: true, source: 's', templates: true }]])
  const cluster = {
    topics: new Map([['a', 3]]),
    schemaIdOf: () => ({ id: 1, partition: 0, offset: 0n }),
  }
  /** All that can be known, so that nothing is left out for want of it. */
  const knowledge: Knowledge = {
    checkExpression,
    given,
    givenOf: ({ directives }) => (directives.length > 0 ? new Map() : undefined),
    environments: ['dev'],
    clusterOf: () => cluster,
    missing: name => `There is no ${name}.`,
    schemaOf: () => ({ mismatch: () => ({ message: 'It does not fit.', path: ['a', '0', 'b'] }) }),
  }
  const offered: CompletionKnowledge = {
    given,
    fieldsOf: () => [{ path: ['a', '[]', 'b'] }],
    headersOf: () => ['h'],
    schemaText: () => '{"properties":{"a":{}}}',
  }

  it('answer at any place of any text, with places inside of it', () => {
    fc.assert(
      fc.property(text, fc.nat(), (content, anywhere) => {
        const { file } = parse(content)
        const offset = anywhere % (content.length + 1)
        const isInside = ({ start, end }: { start: number; end: number }) => {
          assert.ok(start >= 0 && start <= end && end <= content.length, `${start}-${end}`)
        }
        for (const { span } of check(file, knowledge)) isInside(span)
        for (const { span } of complete(file, offset, offered)) isInside(span)
        const hovered = hover(file, offset)
        if (hovered) isInside(hovered.span)
        const named = nameAt(file, offset)
        if (named) assert.equal(content.slice(named.span.start, named.span.end), named.name)
        rename(file, offset, 'another')
        let end = 0
        for (const { span } of tokensOf(file)) {
          isInside(span)
          assert.ok(span.start >= end, 'tokens do not overlap')
          end = span.end
        }
        symbolsOf(file)
        lensesOf(file)
        foldingRanges(file)
        for (const block of file.blocks) formatJsonOf(file, block)
      }),
      { numRuns: 40 },
    )
  })

  it('fix what they say: the problem is gone, and the text still parses', () => {
    for (const content of golden) {
      const { file } = parse(content)
      for (const { fixes = [], code, message } of check(file, { checkExpression })) {
        for (const { edits } of fixes) {
          const fixed = [...edits]
            .sort((a, b) => b.span.start - a.span.start)
            .reduce(
              (all, edit) => all.slice(0, edit.span.start) + edit.text + all.slice(edit.span.end),
              content,
            )
          const count = (of: string) =>
            check(parse(of).file, { checkExpression }).filter(
              each => each.code === code && each.message === message,
            ).length
          if (code !== 'K330') assert.ok(count(fixed) < count(content), `${code} ${message}`)
        }
      }
    }
  })
})

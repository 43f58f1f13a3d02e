import assert from 'node:assert/strict'
import { runMain } from './run.ts'

const MEGABYTE = 1_000_000

/** A text of so many units, made of one piece. */
function long(piece: string, units = 2 * MEGABYTE): string {
  return piece.repeat(Math.ceil(units / piece.length))
}

/** What people and programs get wrong, at a size that no quadratic step survives. */
const TEXTS: readonly (readonly [what: string, text: string])[] = [
  ['a line of 10 MB as a value', `PRODUCER\ntopic: a\n${long('x', 10 * MEGABYTE)}`],
  ['a line of 10 MB as a condition', `CONSUMER\ntopic: a\nfilter: ${long('a && ', 10 * MEGABYTE)}`],
  ['a line of 10 MB outside', long('@x = {{x}} ', 10 * MEGABYTE)],
  ['NUL', `PRODUCER\ntopic: a\n${long('\0')}`],
  ['lone surrogates', `EXPECT\ntopic: a\nkey: ${long('\ud800')}`],
  ['CR only', long('CONSUMER\rtopic: a\r')],
  ['byte order marks', long('\ufeffPRODUCER\n')],
  ['templates in quotes', `CONSUMER\ntopic: a\nfilter: "${long('{{x}} ')}`],
  ['open templates', `PRODUCER\ntopic: a\n${long('{{a ')}`],
  ['open JSON', `PRODUCER\ntopic: a\nvalue-format: json\n${long('{"a":[')}`],
  ['kinds of a pattern', `EXPECT\ntopic: a\n[${long('"#uid",')}`],
  ['columns', `CONSUMER\ntopic: a\nselect: ${long('a as b, ')}`],
  ['headers', `PRODUCER\ntopic: a\nheaders: ${long('a={{b}},')}\nx`],
  ['DEFAULTS', long('DEFAULTS\nheader: a = b\n')],
  ['repeated properties', `DEFAULTS\n${long('header: a = b\n')}PRODUCER\ntopic: a\nx`],
  ['blocks of one name', long('EXPECT a\nkey: {{a.key}}\n')],
  ['directives', long('-- @ignore K101\nCONSUMER\n-- @env a\n')],
  ['values full of keywords', `PRODUCER\ntopic: a\n${long('CONSUMER\n')}`],
  [
    'a chain of variables',
    Array.from({ length: 100_000 }, (_, index) => `@v${index} = {{v${index + 1}}}`).join('\n'),
  ],
]

describe('kafkafile check of what is too much', function () {
  this.timeout(60_000)

  for (const [what, text] of TEXTS) {
    it(`ends: ${what}`, async () => {
      const input = [new TextEncoder().encode(text)]
      const { exit, out } = await runMain(['check', '-'], { folder: '.', input })
      assert.ok(exit === 0 || exit === 2)
      assert.match(out, /^1 file, \d+ errors?, \d+ warnings?$/m)
    })
  }

  it('refuses 100 MB without reading them to the end', async () => {
    let chunks = 0
    const chunk = new Uint8Array(MEGABYTE).fill(65)
    const input = (async function* () {
      for (; chunks < 100; chunks++) {
        await Promise.resolve()
        yield chunk
      }
    })()
    const { exit, errors } = await runMain(['check', '-'], { folder: '.', input })
    assert.equal(exit, 2)
    assert.match(errors, /^kafkafile: -: The file is larger than 16 MiB/)
    assert.ok(chunks < 20)
  })
})

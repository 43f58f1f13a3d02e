import assert from 'node:assert/strict'
import { parse } from '../../src/language/parse.ts'
import { expectationsOf } from '../../src/vscode/testing/expectations.ts'

function tests(text: string) {
  return expectationsOf(parse(text).file).map(({ id, label, block, tags, skip }) => ({
    id,
    label,
    line: block.startLine,
    tags: tags.join(),
    skip,
  }))
}

describe('the tests of a file', () => {
  it('are its EXPECTs, by label, title, topic', () => {
    const found = tests(`PRODUCER
topic: a
EXPECT in a value
###
### Pricing
EXPECT priced
topic: b
### Invoices are written
EXPECT
topic: c
EXPECT
topic: c
EXPECT
topic: c
EXPECT GROUP billing
lag: 0
###
EXPECT
CONSUMER audit
topic: a
`)
    assert.deepEqual(
      found.map(({ id, label, line }) => [line, id, label]),
      [
        [5, 'priced', 'priced'],
        [8, 'Invoices are written', 'Invoices are written'],
        [10, 'EXPECT c', 'EXPECT c'],
        [12, 'EXPECT c (2)', 'EXPECT c'],
        [14, 'GROUP billing', 'GROUP billing'],
        [17, 'EXPECT', 'EXPECT'],
      ],
    )
  })

  it('have the topic of the DEFAULTS above them', () => {
    assert.deepEqual(
      tests('DEFAULTS\ntopic: a\n###\nEXPECT\n{}\n').map(({ id }) => id),
      ['EXPECT a'],
    )
  })

  it('have the tags and the skip of their block and of the file above it', () => {
    const found = tests(`EXPECT one
topic: a
###
-- @tag slow, orders
EXPECT two
-- @tag flaky,orders,
-- @skip until it is fixed
topic: a
EXPECT three
-- @skip
topic: a
EXPECT four
topic: a
`)
    assert.deepEqual(
      found.map(({ id, tags, skip }) => [id, tags, skip]),
      [
        ['one', '', undefined],
        ['two', 'slow,orders,flaky', 'until it is fixed'],
        ['three', 'slow,orders', ''],
        ['four', 'slow,orders', undefined],
      ],
    )
  })

  it('keep their names while the text around them is edited', () => {
    const before = 'EXPECT a\ntopic: t\n{}\n###\nEXPECT b\ntopic: t\n{}\n'
    const names = (text: string) => tests(text).map(({ id }) => id)
    assert.deepEqual(names(`\n-- more\nPRODUCER\ntopic: t\nv\n###\n${before}`), names(before))
  })
})

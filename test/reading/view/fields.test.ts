import assert from 'node:assert/strict'
import { Fields } from '../../../src/reading/view/fields.ts'
import { pageOf, record } from './pages.ts'

const BOTH = { key: true, value: true }

function fieldsOf(...values: readonly string[]): readonly string[] {
  const fields = new Fields()
  fields.sample(pageOf(values.map((value, n) => record(0, n, n, { value }))), BOTH)
  return fields.names
}

describe('fields that are seen', () => {
  it('are written as an expression writes them', () => {
    assert.deepEqual(fieldsOf('{"customer":{"id":1,"e-mail":"a"},"items":[{"sku":1}],"ü":2}'), [
      'value.customer',
      'value.customer.id',
      'value.customer["e-mail"]',
      'value.items',
      'value["ü"]',
    ])
  })

  it('are those of keys and headers too, and of any record that is looked at', () => {
    const fields = new Fields()
    fields.sample(
      pageOf([
        record(0, 0, 0, { key: '{"id":1}', value: 'text', headers: [['trace-id', 'a']] }),
        record(0, 1, 1, { key: '{"other":1}', value: '{"broken' }),
        record(0, 2, 2, { value: '[1,2]' }),
      ]),
      BOTH,
    )
    assert.deepEqual(fields.names, ['headers["trace-id"]', 'key.id', 'key.other'])
  })

  it('are not looked for in what is not decoded as JSON', () => {
    const fields = new Fields()
    const page = pageOf([record(0, 0, 0, { key: '{"k":1}', value: '{"v":1}' })])
    fields.sample(page, { key: false, value: true })
    assert.deepEqual(fields.names, ['value.v'])
    fields.clear()
    assert.deepEqual(fields.names, [])
  })

  it('are no more than a list can show, and no deeper than anyone writes', () => {
    const wide = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`f${n}`, n]))
    assert.equal(fieldsOf(JSON.stringify(wide)).length, 300)
    const deep = `${'{"a":'.repeat(30)}1${'}'.repeat(30)}`
    assert.equal(fieldsOf(deep).length, 6)
  })
})

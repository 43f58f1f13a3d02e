import assert from 'node:assert/strict'
import { recordTable } from '../../src/cli/recordTable.ts'
import { AUTO } from '../../src/kafka/format.ts'
import { pageOf } from '../reading/filtering/pages.ts'

const formats = { key: AUTO, value: AUTO, header: AUTO }

describe('A table of records', () => {
  it('puts a record on a line, whatever it holds', () => {
    const page = pageOf([
      {
        key: 'k',
        value: '{\n  "a": 1\n}',
        headers: [
          ['h', '1'],
          ['n', null],
        ],
      },
      { key: null, value: '\u001b[31mred\u202e' },
      { key: 'o'.repeat(30), value: 'é'.repeat(70_000) },
    ])
    const lines = recordTable(formats, undefined).lines(page).trimEnd().split('\n')
    assert.equal(lines.length, 3)
    assert.ok(lines[0]?.endsWith('{ "a": 1 }  [h=1, n=null]'))
    assert.ok(lines[1]?.endsWith('\\u001b[31mred\\u202e'))
    assert.ok(lines[2]?.includes(`${'o'.repeat(30)} ééé`))
  })

  it('cuts to the width of a terminal, never inside a character', () => {
    const page = pageOf([{ key: '🙂'.repeat(30), value: '🙂'.repeat(100) }])
    const [line = ''] = recordTable(formats, 100).lines(page).split('\n')
    assert.equal(Array.from(line).length, 99)
    assert.ok(line.endsWith('🙂…'))
    assert.ok(line.isWellFormed())
  })

  it('says where something could not be read, in its place', () => {
    const page = {
      ...pageOf([{ value: 'a' }, { value: 'b' }]),
      errors: [{ offset: 1n, message: 'corrupt' }],
    }
    const lines = recordTable(formats, undefined).lines(page).trimEnd().split('\n')
    assert.deepEqual(
      lines.map(line => line.trim().split(/ +/).at(-1)),
      ['a', 'corrupt', 'b'],
    )
  })
})

import assert from 'node:assert/strict'
import { linesOf } from '../../src/language/lines.ts'

describe('lines', () => {
  const cases: [text: string, lines: string[]][] = [
    ['', []],
    ['a', ['a']],
    ['a\n', ['a']],
    ['\n', ['']],
    ['a\r\nb\rc\nd', ['a', 'b', 'c', 'd']],
    ['\r\r\n\n', ['', '', '']],
    ['\ufeffa\nb', ['a', 'b']],
    ['a\u2028b\u0085c', ['a\u2028b\u0085c']],
  ]
  for (const [text, expected] of cases) {
    it(JSON.stringify(text), () => {
      const lines = linesOf(text)
      const found = Array.from({ length: lines.count }, (_, line) =>
        text.slice(lines.startOf(line), lines.endOf(line)),
      )
      assert.deepEqual(found, expected)
    })
  }

  it('places and offsets lead to each other', () => {
    const lines = linesOf('ab\r\ncd\n')
    const places = [0, 1, 2, 4, 6, 7].map(offset => lines.placeOf(offset))
    assert.deepEqual(
      places.map(({ line, column }) => [line, column]),
      [
        [0, 0],
        [0, 1],
        [0, 2],
        [1, 0],
        [1, 2],
        [2, 0],
      ],
    )
    assert.deepEqual(
      places.map(place => lines.offsetOf(place)),
      [0, 1, 2, 4, 6, 7],
    )
    assert.equal(lines.offsetOf({ line: 0, column: 99 }), 2)
    assert.equal(lines.offsetOf({ line: 99, column: 0 }), 7)
    assert.equal(lines.offsetOf({ line: -1, column: 5 }), 0)
    assert.deepEqual(linesOf('').placeOf(0), { line: 0, column: 0 })
  })

  it('many lines are found again', () => {
    const lines = linesOf('x\n'.repeat(5000))
    assert.equal(lines.count, 5000)
    for (const line of [0, 1023, 1024, 4999]) assert.equal(lines.lineAt(lines.startOf(line)), line)
  })
})

import assert from 'node:assert/strict'
import { ProblemError } from '../../../src/base/problem.ts'
import { lineBlocks, textBlocks } from '../../../src/webview/messages/detail/blocks.ts'
import {
  columnsOfLine,
  hexLine,
  offsetDigits,
} from '../../../src/webview/messages/detail/hexLines.ts'
import { nameOf, parseJson } from '../../../src/webview/messages/detail/json.ts'
import { createLoading } from '../../../src/webview/messages/detail/loading.ts'
import {
  linesOfString,
  openAtFirst,
  rowOf,
  rowsOf,
  setOpen,
} from '../../../src/webview/messages/detail/treeRows.ts'
import { groupsRead, readByWords, sizeWords } from '../../../src/webview/messages/detail/words.ts'

/** Rows as their names, with their depth as blanks. */
function rowsShown(
  text: string,
  open?: readonly number[],
  whole: ReadonlyMap<number, readonly string[]> = new Map(),
): string[] {
  const tree = parseJson(text)!
  const state = open
    ? Uint8Array.from({ length: tree.size }, (_, n) => (open.includes(n) ? 1 : 0))
    : openAtFirst(tree)
  const rows = rowsOf(tree, { open: state, whole })
  return Array.from({ length: rows.length }, (_, row) => {
    const node = rows.node[row]!
    const line = rows.line[row]!
    return line < 0 ? ' '.repeat(tree.depth[node]!) + nameOf(tree, node) : whole.get(node)![line]!
  })
}

describe('the rows of a tree', () => {
  const first: [name: string, text: string, rows: string[]][] = [
    [
      'fields, and of an array the first element',
      '{"a":{"b":1},"c":[{"d":1},{"d":2}]}',
      [' a', '  b', ' c', '  0', '   d', '  1'],
    ],
    ['elements at the top', '[1,[2]]', [' 0', ' 1']],
    ['a value without fields', '7', ['0']],
    ['an empty object', '{}', ['0']],
    [
      'not what is deep',
      '{"a":{"b":{"c":{"d":{"e":1}}}}}',
      [' a', '  b', '   c', '    d', '     e'],
    ],
    [
      'no deeper',
      '{"a":{"b":{"c":{"d":{"e":{"f":1}}}}}}',
      [' a', '  b', '   c', '    d', '     e'],
    ],
    [`not what is long`, `{"a":[${'1,'.repeat(99)}1],"b":{"c":1}}`, [' a', ' b', '  c']],
  ]
  for (const [name, text, rows] of first)
    it(`at first: ${name}`, () => assert.deepEqual(rowsShown(text), rows))

  it('are those of what is open', () => {
    assert.deepEqual(rowsShown('{"a":{"b":{"c":1}},"d":2}', [0, 2]), [' a', ' d'])
    assert.deepEqual(rowsShown('{"a":{"b":{"c":1}},"d":2}', [0, 1]), [' a', '  b', ' d'])
  })

  it('have the lines of a string below it', () =>
    assert.deepEqual(rowsShown('{"a":"x y","b":1}', [0], new Map([[1, ['x', 'y']]])), [
      ' a',
      'x',
      'y',
      ' b',
    ]))

  it('are found by what they show, and by what is folded in them', () => {
    const tree = parseJson('{"a":"x","b":{"c":{"d":1}},"e":2}')!
    const open = new Uint8Array(tree.size)
    const whole = new Map([[1, ['x', 'x']]])
    setOpen(tree, open, 0, true)
    setOpen(tree, open, 2, false)
    const rows = rowsOf(tree, { open, whole })
    assert.deepEqual(
      [1, 2, 3, 4, 5].map(node => rowOf(tree, rows, node)),
      [0, 3, 3, 3, 4],
    )
  })

  const wrapped: [text: string, columns: number, lines: string[]][] = [
    ['one two three', 8, ['one two ', 'three']],
    ['abcdefghijkl', 8, ['abcdefgh', 'ijkl']],
    ['a\\nb\\r\\n', 8, ['a', 'b', '']],
    ['日本語日本語', 8, ['日本語日', '本語']],
    ['😀😀😀😀😀', 8, ['😀😀😀😀', '😀']],
    ['', 8, ['']],
  ]
  for (const [text, columns, lines] of wrapped)
    it(`wrap ${text}`, () =>
      assert.deepEqual(linesOfString(parseJson(`"${text}"`)!, 0, columns), lines))
})

describe('text and bytes in parts', () => {
  it('end at the end of a line, or within a long one, never within a letter', () => {
    const blocks = (text: string) =>
      textBlocks(text, 4, 8).map(({ from, to }) => text.slice(from, to))
    assert.deepEqual(blocks('ab\ncd\nef\ngh'), ['ab\ncd\n', 'ef\ngh'])
    assert.deepEqual(blocks('abcdefghijkl\nm'), ['abcdefgh', 'ijkl\n', 'm'])
    assert.deepEqual(blocks('abcdefg😀hi'), ['abcdefg', '😀hi'])
    assert.deepEqual(blocks(''), [])
    assert.deepEqual(lineBlocks(5, 2), [
      { from: 0, to: 2 },
      { from: 2, to: 4 },
      { from: 4, to: 5 },
    ])
  })

  const lines: [from: number, hex: string | undefined, expected: [string, string, string]][] = [
    [0, '4b61666b6120f09f', ['0000', '4b 61 66 6b 61 20 f0 9f', 'Kafka ··']],
    [16, '00', ['0010', `00${' '.repeat(21)}`, '·']],
    [8, undefined, ['0008', ' '.repeat(23), '']],
  ]
  for (const [from, hex, [offset, bytes, text]] of lines)
    it(`byte ${from} as hex`, () =>
      assert.deepEqual(hexLine(from, hex, 8, 4), { offset, bytes, text }))

  it('have offsets as long as the last byte needs', () => {
    assert.deepEqual([0, 1, 65_536, 65_537].map(offsetDigits), [4, 4, 4, 5])
    assert.equal(columnsOfLine(8, 4), 41 - 2)
  })
})

describe('what is said of a record', () => {
  const json = (bytes: number, text: string, cut = false) => ({
    format: 'json',
    cell: { kind: 'json' as const, text },
    bytes,
    cut,
  })
  const sizes: [words: string, part: Parameters<typeof sizeWords>[0]][] = [
    ['7 B, 1 field', json(7, '{"a":1}')],
    ['5 B, 2 elements', json(5, '[1,2]')],
    ['1 B', json(1, '1')],
    ['first 8 B of 10.2 MiB', json(10_695_475, '{"a":"é', true)],
    [
      'first 3 B of 1.0 KiB',
      { format: 'bytes(hex)', cell: { kind: 'binary', text: '00ff7f' }, bytes: 1024, cut: true },
    ],
    ['no value', { format: 'auto', cell: { kind: 'null' }, bytes: -1, cut: false }],
  ]
  for (const [words, part] of sizes)
    it(words, () => {
      const tree = part.cell.kind === 'json' ? parseJson(part.cell.text, part.cut) : undefined
      assert.equal(sizeWords(part, tree).replaceAll('\u00a0', ' '), words)
    })

  it('a group has passed what lies before its committed offset', () => {
    const problem = { code: 'GROUP_AUTHORIZATION_FAILED', message: 'Not allowed.' }
    const groups = [
      { group: 'a', committedOffset: '11', passed: true },
      { group: 'b', committedOffset: '10', passed: true },
      { group: 'c' },
      { group: 'd', problem },
    ]
    const read = groupsRead({ groups }, '10')
    assert.deepEqual(
      read.map(({ group, passed, words }) => [group, passed, words]),
      [
        ['a', true, 'passed, committed offset 11'],
        ['b', false, 'not yet, committed offset 10, 1 to go'],
        ['c', undefined, 'no committed offset here'],
        ['d', undefined, 'Not allowed.'],
      ],
    )
    assert.deepEqual([readByWords(read), readByWords([])], ['1 of 4 groups', 'no group'])
  })
})

describe('records asked for one after the other', () => {
  function setup() {
    const asked = new Map<
      string,
      { answer(text: string): void; fail(error: Error): void; signal: AbortSignal }
    >()
    const seen: string[] = []
    let tick: () => void = () => undefined
    const loading = createLoading<string, string>(
      (name, signal) =>
        new Promise((answer, fail) => {
          asked.set(name, { answer, fail, signal })
        }),
      loaded => {
        const more =
          loaded.kind === 'here'
            ? loaded.answer
            : loaded.kind === 'failed'
              ? loaded.problem.code
              : ''
        seen.push([loaded.kind, 'name' in loaded ? loaded.name : '', more].join(' ').trim())
      },
      {
        set: run => {
          tick = run
          return 1
        },
        clear: () => {
          tick = () => undefined
        },
      },
    )
    const settled = () => new Promise(resolve => setImmediate(resolve))
    return { loading, asked, seen, settled, pass: () => tick() }
  }

  it('show nothing new until the answer is there', async () => {
    const { loading, asked, seen, settled } = setup()
    loading.load('a')
    assert.deepEqual(seen, [])
    asked.get('a')!.answer('A')
    await settled()
    assert.deepEqual(seen, ['here a A'])
  })

  it('never show an answer for another one, and give up what is not wanted', async () => {
    const { loading, asked, seen, settled } = setup()
    loading.load('a')
    loading.load('b')
    assert.equal(asked.get('a')!.signal.aborted, true)
    asked.get('b')!.answer('B')
    asked.get('a')!.answer('A')
    await settled()
    assert.deepEqual(seen, ['here b B'])
  })

  it('say after a while what is waited for, also where others come meanwhile', async () => {
    const { loading, asked, seen, settled, pass } = setup()
    loading.load('a')
    loading.load('b')
    pass()
    loading.load('c')
    asked.get('c')!.answer('C')
    await settled()
    assert.deepEqual(seen, ['waiting b', 'waiting c', 'here c C'])
  })

  it('say why there is none, and nothing of one that is not wanted any more', async () => {
    const { loading, asked, seen, settled } = setup()
    const gone = new ProblemError({ code: 'gone', message: 'It is gone.' })
    loading.load('a')
    asked.get('a')!.fail(gone)
    await settled()
    loading.load('b')
    loading.clear()
    asked.get('b')!.fail(gone)
    await settled()
    assert.deepEqual(seen, ['failed a gone', 'none'])
  })
})

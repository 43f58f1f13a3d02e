import assert from 'node:assert/strict'
import fc from 'fast-check'
import { parse } from '../../src/language/parse.ts'
import { Anchors, type Edit } from '../../src/vscode/run/anchors.ts'

/** Blocks whose labels tell them apart. */
const FILE = [
  '@x = 1',
  '### first',
  'PRODUCER one',
  'topic: a',
  '{ "id": 1 }',
  '###',
  'CONSUMER two',
  'topic: a',
  'from: earliest',
  'EXPECT three',
  'topic: a',
  'key: b',
  '',
  '###',
  'PRODUCER four',
  'topic: b',
  'x',
].join('\n')

const inserted = fc.constantFrom('', 'x', '\n', '\n\n', '# note\n', ' ', '{{$uuid}}', 'key: c\n')

/** Where somebody edits, how much is taken out and what is written there. */
const edits = fc.array(fc.tuple(fc.nat(), fc.nat(6), inserted), { maxLength: 8 })

/** Lines of keywords, from their first unit on: what is edited there is another block. */
function isAtKeyword(text: string, offset: number, removed: number): boolean {
  const { file } = parse(text)
  return file.blocks.some(
    ({ header }) => offset <= header.end && offset + removed >= header.start - 1,
  )
}

describe('the names of blocks', () => {
  it('are those of the same blocks when an edited text is parsed anew', () => {
    fc.assert(
      fc.property(edits, changes => {
        let count = 0
        const anchors = new Anchors(() => `id-${++count}`)
        const idsIn = (text: string) =>
          new Map(
            parse(text).file.blocks.map(({ keyword, label, group }) => [
              (label ?? group)?.text,
              anchors.idAt(keyword.start, keyword.end - keyword.start),
            ]),
          )
        let text = FILE
        const before = idsIn(text)
        for (const [place, length, insert] of changes) {
          const offset = place % (text.length + 1)
          const removed = Math.min(length, text.length - offset)
          if (isAtKeyword(text, offset, removed)) continue
          const next = text.slice(0, offset) + insert + text.slice(offset + removed)
          const edit: Edit = { offset, removed, inserted: insert.length }
          anchors.edit([edit])
          text = next
        }
        for (const [name, id] of idsIn(text)) {
          const known = before.get(name)
          if (known !== undefined) assert.equal(id, known, name)
        }
      }),
      { numRuns: 300 },
    )
  })
})

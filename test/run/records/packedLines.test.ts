import assert from 'node:assert/strict'
import fc from 'fast-check'
import { packedLines, type PackedLines } from '../../../src/run/records/packedLines.ts'
import { isBad, rowsOf } from '../../../src/run/records/rows.ts'

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Cut into pieces of so many bytes: a line may be cut anywhere. */
async function* cut(text: string, size: number): AsyncGenerator<Uint8Array> {
  await Promise.resolve()
  const content = new TextEncoder().encode(text)
  for (let at = 0; at < content.length; at += size) yield content.slice(at, at + size)
}

function textsOf({ values: { bytes, bounds, count } }: PackedLines): string[] {
  return Array.from({ length: count }, (_, i) =>
    decoder.decode(bytes.subarray(bounds[2 * i], bounds[2 * i + 1])),
  )
}

interface Told {
  readonly values: string[]
  readonly bad: string[]
}

async function packed(shape: 'jsonl' | 'lines', text: string, chunk: number, room: number) {
  const told: Told = { values: [], bad: [] }
  for await (const piece of packedLines(shape, cut(text, chunk), room)) {
    told.values.push(...textsOf(piece))
    told.bad.push(...piece.bad.map(({ line, problem }) => `${line} ${problem}`))
  }
  return told
}

async function oneByOne(shape: 'jsonl' | 'lines', text: string): Promise<Told> {
  const told: Told = { values: [], bad: [] }
  for await (const rows of rowsOf(shape, cut(text, 1_000))) {
    for (const row of rows) {
      if (isBad(row)) told.bad.push(`${row.line} ${row.problem}`)
      else if (row.value) told.values.push(decoder.decode(row.value.bytes))
    }
  }
  return told
}

const someLine = fc.oneof(
  fc.json(),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('', ' ', '{"a":1} ', '\t[1,"ž"]', '{"a":', '"x', '1 2', '\r', '{"a":\r1}', 'tru'),
)

describe('packed lines', () => {
  it('are the rows that are read one by one, wherever the bytes are cut', async () => {
    const some = fc.record({
      lines: fc.array(someLine, { maxLength: 12 }),
      end: fc.constantFrom('\n', '\r\n'),
      closed: fc.boolean(),
      shape: fc.constantFrom('jsonl', 'lines'),
      chunk: fc.integer({ min: 1, max: 40 }),
      room: fc.integer({ min: 1, max: 40 }),
    })
    await fc.assert(
      fc.asyncProperty(some, async ({ lines, end, closed, shape, chunk, room }) => {
        const text = lines.join(end) + (closed ? end : '')
        assert.deepEqual(await packed(shape, text, chunk, room), await oneByOne(shape, text))
      }),
      { numRuns: 40, seed: 5 },
    )
  })

  it('leave out a byte order mark', async () => {
    assert.deepEqual((await packed('lines', '\ufeffa\n\ufeffb', 1, 8)).values, ['a', '\ufeffb'])
  })

  it('stay as they are until the third piece after them is asked for', async () => {
    const text = Array.from({ length: 60 }, (_, i) => `${i} of many lines`).join('\n')
    const pieces = packedLines('lines', cut(text, 16), 64)
    const seen: string[] = []
    const before: { readonly piece: PackedLines; readonly texts: string[] }[] = []
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
      for (const { piece, texts } of before.slice(-2)) assert.deepEqual(textsOf(piece), texts)
      before.push({ piece: next.value, texts: textsOf(next.value) })
      seen.push(...textsOf(next.value))
    }
    assert.equal(seen.join('\n'), text)
  })

  it('hold a line that is longer than a piece', async () => {
    const long = 'x'.repeat(1_000)
    const { values } = await packed('lines', `a\n${long}\nb\n${long}`, 100, 32)
    assert.deepEqual(values, ['a', long, 'b', long])
  })
})

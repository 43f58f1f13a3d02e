import assert from 'node:assert/strict'
import { parse } from '../../src/language/parse.ts'
import { directiveOf, settingsOf } from '../../src/language/settings.ts'
import { blockAt, blockFrom } from '../../src/language/tree.ts'

describe('settings of a block', () => {
  const { file } = parse(`CONSUMER
DEFAULTS
topic: a
config: x = 1
within: 5s
DEFAULTS
topic: b
config: y = 2
CONSUMER
topic: c
topic: d
CONSUMER
config: z = 3
`)
  const settings = settingsOf(file)
  const [first, , , own, inheriting] = file.blocks

  it('are its own, else those of the last DEFAULTS above it', () => {
    assert.equal(settings.one(first!, 'topic'), undefined)
    assert.equal(settings.one(own!, 'topic')?.value, 'd')
    assert.equal(settings.one(inheriting!, 'topic')?.value, 'b')
    assert.equal(settings.one(inheriting!, 'within'), undefined, 'not a property of a CONSUMER')
  })

  it('are all of a repeatable property', () => {
    assert.deepEqual(
      settings.all(inheriting!, 'config').map(({ value }) => value),
      ['x = 1', 'y = 2', 'z = 3'],
    )
  })

  it('tell whether something is inherited', () => {
    assert.deepEqual(
      file.blocks.map(block => settings.inherits(block)),
      [false, false, false, true, true],
    )
  })
})

describe('directives', () => {
  const { file } = parse(`-- @cluster one
CONSUMER
CONSUMER
-- @cluster own
###
-- @cluster two
-- @cluster three
CONSUMER
`)

  it('count inside their block, else for the rest of the file', () => {
    const clusters = file.blocks.map(block => directiveOf(file, block, 'cluster'))
    assert.deepEqual(clusters, ['one', 'own', 'three'])
    assert.equal(directiveOf(file, file.blocks[0]!, 'env'), undefined)
  })
})

describe('the block at an offset', () => {
  it('is the one whose lines hold it, and none between blocks', () => {
    const text = 'x\nCONSUMER a\n\nPRODUCER b\nv\n###\n'
    const { file } = parse(text)
    const at = (offset: number) =>
      blockAt(file, offset)?.label?.text ?? blockAt(file, offset)?.group?.text
    assert.deepEqual([0, 2, 12, 13, 14, 25, 28, 31].map(at), [
      undefined,
      'a',
      'a',
      'a',
      'b',
      'b',
      undefined,
      undefined,
    ])
    assert.equal(blockAt(parse('').file, 0), undefined)
  })

  it('runs from a line above it, from between blocks, and from DEFAULTS', () => {
    const text =
      '-- hello\n@x = 1\nDEFAULTS\ntopic: a\nPRODUCER b\nv\n###\n\nCONSUMER c\n###\nend\n'
    const { file } = parse(text)
    const from = (line: string) => {
      const block = blockFrom(file, text.indexOf(line))
      return block?.label?.text ?? block?.group?.text
    }
    assert.deepEqual(['-- hello', 'topic', 'PRODUCER', 'v', '###', 'CONSUMER', 'end'].map(from), [
      'b',
      'b',
      'b',
      'b',
      'c',
      'c',
      undefined,
    ])
    assert.equal(blockFrom(parse('').file, 0), undefined)
  })
})

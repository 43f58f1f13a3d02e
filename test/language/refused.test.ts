import assert from 'node:assert/strict'
import { check } from '../../src/language/check/check.ts'
import { parse } from '../../src/language/parse.ts'
import { isViewable } from '../../src/language/runnable.ts'

/** Blocks whose records a view can show, and those that have to be run. */
const VIEWS: readonly (readonly [text: string, isViewable: boolean])[] = [
  ['CONSUMER g\ntopic: a\nfrom: now-2h\nlimit: 5', true],
  ['DEFAULTS\ntopic: a\nCONSUMER', true],
  ['CONSUMER\ntopic: {{ a', true],
  ['@n = 2\nCONSUMER\ntopic: a\nlimit: {{n}}', false],
  ['@g = 2\nCONSUMER {{g}}\ntopic: a', false],
  ['CONSUMER\ntopic: a\nfilter: value.x == 1', false],
  ['DEFAULTS\nfilter: value.x == 1\nCONSUMER\ntopic: a', false],
  ['CONSUMER\ntopic: a\noutput-to: file(a.jsonl)', false],
  ['CONSUMER\ntopic: a\noutput:', true],
  ['EXPECT\ntopic: a', false],
]

const CHOICES: readonly (readonly [text: string, message: string | undefined])[] = [
  ['CONSUMER g\ntopic: a\ncommit: False', '"False" is not a value of "commit:".'],
  ['CONSUMER\ntopic: a\nisolation: read-uncommitted', '"read-uncommitted" is not a value'],
  ['CONSUMER g\ntopic: a\ncommit: false\nisolation: read_uncommitted', undefined],
]

describe('what is not half done', () => {
  for (const [text, expected] of VIEWS)
    it(`${JSON.stringify(text)} ${expected ? 'can be shown' : 'has to be run'}`, () => {
      const { file } = parse(text)
      const block = file.blocks.at(-1)
      assert.equal(block && isViewable(file, block), expected)
    })

  for (const [text, message] of CHOICES)
    it(`${JSON.stringify(text)} is ${message === undefined ? 'right' : 'K202'}`, () => {
      const problems = check(parse(text).file).filter(({ code }) => code === 'K202')
      assert.equal(problems.length, message === undefined ? 0 : 1)
      assert.ok(problems[0]?.message.startsWith(message ?? '') ?? true)
    })
})

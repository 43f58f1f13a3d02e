import assert from 'node:assert/strict'
import { check } from '../../src/language/check/check.ts'
import { parse } from '../../src/language/parse.ts'
import { runnableOf } from '../../src/language/runnable.ts'

/** What level 1 would drop or send as it stands, and what is said instead. */
const TEMPLATES: readonly (readonly [text: string, reason: string | undefined])[] = [
  ['@t = orders\nPRODUCER\ntopic: {{t}}\nv', undefined],
  ['@n = 2\nPRODUCER\ntopic: a\nrecord-partition: {{n}}\nv', undefined],
  ['@n = 2\nPRODUCER\ntopic: a\nrecord-count: {{n}}\nv', 'A template in "record-count:"'],
  ['@n = 2\nCONSUMER\ntopic: a\nlimit: {{n}}', 'A template in "limit:" is evaluated'],
  ['DEFAULTS\nheader: a = 1\nPRODUCER\ntopic: a\nheader: b = 2\nv', 'The DEFAULTS above'],
  ['PRODUCER\ntopic: a\n{{airline.airline().name}}', undefined],
  ['PRODUCER\ntopic: a\nkey: {{string.uuid}}\nheader: h = {{string.uuid}}\n{{$uuid}}', undefined],
]

const CHOICES: readonly (readonly [text: string, message: string | undefined])[] = [
  ['CONSUMER g\ntopic: a\ncommit: False', '"False" is not a value of "commit:".'],
  ['CONSUMER\ntopic: a\nisolation: read-uncommitted', '"read-uncommitted" is not a value'],
  ['CONSUMER g\ntopic: a\ncommit: false\nisolation: read_uncommitted', undefined],
]

describe('what is not half done', () => {
  for (const [text, reason] of TEMPLATES)
    it(`${JSON.stringify(text)} ${reason === undefined ? 'runs' : 'waits'}`, () => {
      const { file } = parse(text)
      const block = file.blocks.at(-1)
      assert.ok(block)
      const answer = runnableOf(file)(block)
      assert.equal(answer.runs, reason === undefined)
      if (answer.runs) assert.deepEqual(check(file), [])
      else assert.ok(answer.reason.startsWith(reason ?? ''), answer.reason)
    })

  for (const [text, message] of CHOICES)
    it(`${JSON.stringify(text)} is ${message === undefined ? 'right' : 'K202'}`, () => {
      const problems = check(parse(text).file).filter(({ code }) => code === 'K202')
      assert.equal(problems.length, message === undefined ? 0 : 1)
      assert.ok(problems[0]?.message.startsWith(message ?? '') ?? true)
    })
})

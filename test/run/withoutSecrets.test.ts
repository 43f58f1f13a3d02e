import assert from 'node:assert/strict'
import type { ConsumerOutput, OutputFormat } from '../../src/run/consumerOutput.ts'
import { newRedaction } from '../../src/run/redaction.ts'
import { withoutSecrets } from '../../src/run/withoutSecrets.ts'

const bytes = (text: string) => Buffer.from(text, 'latin1')

/** What is written of this, where `hunter2`, `8675309` and `{"a":1}` are secrets. */
function written(format: OutputFormat, content: Uint8Array): string {
  const redaction = newRedaction()
  for (const secret of ['hunter2', '8675309', '{"a":1}']) redaction.add(secret)
  const output: ConsumerOutput = {
    head: new Uint8Array(),
    chunk: () => content,
    end: () => new Uint8Array(),
  }
  return Buffer.from(withoutSecrets(output, format, redaction).chunk([])).toString('latin1')
}

const TABLE: readonly (readonly [OutputFormat, before: string, after: string])[] = [
  ['jsonl', '{"n":1,"s":"a b"}\n', '{"n":1,"s":"a b"}\n'],
  ['jsonl', '{"s":"my hunter2"}\n', '{"s":"my ***"}\n'],
  ['jsonl', '{"n":8675309,"m":-8675309.5e1}\n', '{"n":"***","m":"***"}\n'],
  ['jsonl', '{"v":{"a":1}}\n', '{"v":"***"}\n'],
  ['jsonl', '{"s":"\\" hunter2"}\n{"n":8675309}\n', '{"s":"\\" ***"}\n{"n":"***"}\n'],
  ['json', '[{"n":8675309}]', '[{"n":"***"}]'],
  ['csv', 'a,8675309\r\n', 'a,***\r\n'],
  ['raw', '8675309', '***'],
]

describe('what a CONSUMER writes', () => {
  for (const [format, before, after] of TABLE)
    it(`shows no secret in ${format}: ${JSON.stringify(before)}`, () => {
      assert.equal(written(format, bytes(before)), after)
    })

  it('stays as it is where no secret stands, and shows none beside bytes that are no text', () => {
    assert.equal(written('raw', bytes('\xff\xfe')), '\xff\xfe')
    assert.doesNotMatch(written('raw', bytes('\xff hunter2')), /hunter2/)
  })
})

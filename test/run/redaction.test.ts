import assert from 'node:assert/strict'
import fc from 'fast-check'
import { newRedaction } from '../../src/run/redaction.ts'

function redacted(secrets: readonly string[], text: string): string {
  const redaction = newRedaction()
  for (const secret of secrets) redaction.add(secret)
  return redaction.text(text)
}

describe('redaction', () => {
  const table: readonly (readonly [string, string, string])[] = [
    ['s3cr3t', 'a s3cr3t, and s3cr3t', 'a ***, and ***'],
    ['a"b\n', 'value {"x":"a\\"b\\n"}', 'value {"x":"***"}'],
    ['p@ss w/rd', 'https://u:p%40ss%20w%2Frd@h p%40ss+w%2frd', 'https://u:***@h ***'],
    ['hunter22', `Basic ${btoa('user:hunter22')}`, 'Basic dXNlcjp***g=='],
    ['hunter22', '68756e7465723232', '***'],
    ['a.*b', 'aXXb a.*b', 'aXXb ***'],
    ['päss/w"d', '{"x":"p\\u00e4ss/w\\"d"} "päss\\/w\\"d"', '{"x":"***"} "***"'],
    ["it's", `value == 'it\\'s'`, "value == '***'"],
    ['hunter22', 'key: x-hun…, "hunter2…" hu… h', 'key: x-***…, "***…" hu… h'],
    ['ab', 'cab ab, abc "ab"', 'cab ***, abc "***"'],
    ['', 'nothing', 'nothing'],
    ['$&$1', 'x $&$1', 'x ***'],
  ]
  for (const [secret, text, expected] of table)
    it(`${JSON.stringify(secret)} in ${JSON.stringify(text)}`, () => {
      assert.equal(redacted([secret], text), expected)
    })

  it('takes a secret out whole where another one is a part of it', () => {
    assert.equal(redacted(['abc', 'abcdef'], 'abcdef abc'), '*** ***')
  })

  it('goes through data, and leaves names and bytes', () => {
    const redaction = newRedaction()
    redaction.add('token')
    const data = { token: ['a token', 1n, null, { x: 'token' }], bytes: Uint8Array.of(1) }
    assert.deepEqual(redaction.all(data), {
      token: ['a ***', 1n, null, { x: '***' }],
      bytes: Uint8Array.of(1),
    })
  })

  it('leaves the words by which events are told apart', () => {
    const redaction = newRedaction()
    redaction.add('passed')
    const event = { kind: 'passed', result: { status: 'passed', notice: 'passed' } }
    assert.deepEqual(redaction.all(event), {
      kind: 'passed',
      result: { status: 'passed', notice: '***' },
    })
  })

  it('leaves no canary in any text, however it is written', () => {
    const canary = fc.string({ minLength: 8, maxLength: 30 }).filter(text => text.trim() === text)
    fc.assert(
      fc.property(canary, fc.string(), fc.string(), (secret, before, after) => {
        const writings = [
          secret,
          JSON.stringify(secret),
          JSON.stringify(JSON.stringify(secret)),
          encodeURIComponent(secret),
          Buffer.from(secret).toString('hex'),
          Buffer.from(secret).toString('base64').replace(/=+$/, ''),
        ]
        const texts = writings.map(text => before + text + after)
        for (const text of texts) {
          const shown = redacted([secret], text)
          assert.ok(!shown.includes(secret) || '***'.includes(secret), shown)
        }
        // Bytes around it: the middle of the base64 has to be gone.
        for (const shift of ['', 'x', 'xy']) {
          const encoded = Buffer.from(shift + secret + after).toString('base64')
          assert.ok(redacted([secret], encoded).includes('***'))
        }
      }),
      { numRuns: 30 },
    )
  })
})

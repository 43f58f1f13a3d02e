import assert from 'node:assert/strict'
import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { ENCODINGS, encodingOf, type Encoding } from '../../src/base/encodings.ts'
import { bytesOf, textOf, utf8TextOf } from '../../src/formats/encodings.ts'

const digits = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map(code => String.fromCharCode(code)),
})
const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.base64String())

/** Of a unit beyond 255 Buffer takes the low byte for a digit; ours is no digit. */
function textFor(encoding: Encoding): fc.Arbitrary<string> {
  return encoding === 'base64' || encoding === 'base64url' || encoding === 'hex'
    ? fc.oneof(digits, fc.base64String(), fc.stringMatching(/^[\da-f=_-]*$/))
    : anyText
}

describe('text encodings', () => {
  for (const encoding of ENCODINGS) {
    it(`${encoding}: reads and writes what Buffer reads and writes`, () => {
      fc.assert(
        fc.property(textFor(encoding), fc.uint8Array(), (string, bytes) => {
          assert.deepEqual([...bytesOf(string, encoding)], [...Buffer.from(string, encoding)])
          assert.equal(textOf(bytes, encoding), Buffer.from(bytes).toString(encoding))
        }),
        { numRuns: 20 },
      )
    })
  }

  it('writes long bytes without overflowing the stack', () => {
    const bytes = new Uint8Array(150_001).map((_, index) => index)
    for (const encoding of ENCODINGS) {
      assert.equal(textOf(bytes, encoding), Buffer.from(bytes).toString(encoding))
    }
  })

  it('knows every name that Buffer knows, in any case, and no other', () => {
    const names = ['utf8', 'UTF-8', 'ucs2', 'UCS-2', 'utf16le', 'utf-16le', 'latin1', 'binary']
    for (const name of [...names, 'Base64', 'BASE64URL', 'HEX', 'ascii', 'utf7', '', 'toString']) {
      assert.equal(encodingOf(name) !== undefined, Buffer.isEncoding(name), name)
    }
  })

  it('tells text from other bytes', () => {
    assert.equal(utf8TextOf(Uint8Array.of(0xc3, 0xa9)), 'é')
    assert.equal(utf8TextOf(Uint8Array.of(0xc3, 0x28)), undefined)
  })
})

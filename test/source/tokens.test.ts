import assert from 'node:assert/strict'
import fc from 'fast-check'
import { tokenize } from '../../src/source/tokens.ts'

const MARKS = Array.from('a"\'`${}()/\\*\n=>.<#1 ')

function words(text: string): string[] {
  return tokenize(text).map(token => `${token.kind}:${token.text}`)
}

describe('tokens of JavaScript and TypeScript', () => {
  const cases: [name: string, text: string, tokens: string[]][] = [
    ['a call', 'a.b(1)', ['word:a', 'mark:.', 'word:b', 'mark:(', 'number:1', 'mark:)']],
    ['comments', '// a\nb /* c\n d */ e', ['word:b', 'word:e']],
    ['a first line for the shell', '#!/usr/bin/env node\na', ['word:a']],
    ['strings', `'a' "b'c"`, ['string:a', "string:b'c"]],
    ['escapes', String.raw`'a\n\x41\u0042\u{43}\'d'`, [`string:a\nABC'd`]],
    ['a string without its end', "'a\nb", ['string:a', 'word:b']],
    ['a template', '`a\nb`', ['template:a\nb']],
    ['a computed template', '`a${`}` + {b: 1}}c` d', ['template:', 'word:d']],
    ['a regular expression', 'x = /[/"]\'/g.y', ['word:x', 'mark:=', 'regex:', 'mark:.', 'word:y']],
    ['a regular expression after a word', 'return /a"/', ['word:return', 'regex:']],
    ['a division', 'a / b / c', ['word:a', 'mark:/', 'word:b', 'mark:/', 'word:c']],
    ['a private name', 'this.#a', ['word:this', 'mark:.', 'word:#a']],
    ['an optional call', 'a?.b', ['word:a', 'mark:?.', 'word:b']],
    ['an arrow', 'a=>b', ['word:a', 'mark:=>', 'word:b']],
    ['words of other languages', 'größe', ['word:größe']],
  ]
  for (const [name, text, expected] of cases)
    it(name, () => {
      assert.deepEqual(words(text), expected)
    })

  it('never throws and always gets to the end', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...MARKS), maxLength: 40 }), text => {
        let at = 0
        for (const token of tokenize(text)) {
          assert.ok(token.start >= at && token.end > token.start && token.end <= text.length)
          at = token.end
        }
      }),
      { numRuns: 100 },
    )
  })
})

import assert from 'node:assert/strict'
import { newVoices } from '../../src/cli/voices.ts'

describe('Files that tell at the same time', () => {
  it('are told one after the other, and output waits for its turn', async () => {
    let told = ''
    const newVoice = newVoices(
      text => {
        told += text
        return Promise.resolve()
      },
      bytes => {
        told += new TextDecoder().decode(bytes)
        return Promise.resolve()
      },
    )
    const bytes = (text: string) => new TextEncoder().encode(text)
    const [a, b, c] = [newVoice(), newVoice(), newVoice()]
    a.say('a1 ')
    b.say('b1 ')
    const waiting = b.put(bytes('b2 '))
    c.say('c1 ')
    const ended = c.end()
    await a.put(bytes('a2 '))
    a.say('a3 ')
    assert.equal(told, 'a1 a2 ')
    await a.end()
    await waiting
    b.say('b3 ')
    await b.end()
    await ended
    assert.equal(told, 'a1 a2 a3 b1 b2 b3 c1 ')
  })

  it('leave the turn to who comes later', async () => {
    let told = ''
    const newVoice = newVoices(
      text => {
        told += text
        return Promise.resolve()
      },
      () => Promise.resolve(),
    )
    for (const name of ['a', 'b', 'c']) {
      const voice = newVoice()
      voice.say(name)
      await voice.end()
    }
    assert.equal(told, 'abc')
  })
})

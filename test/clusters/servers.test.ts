import assert from 'node:assert/strict'
import { readServer, readServers } from '../../src/vscode/clusters/servers.ts'

describe('bootstrap servers', () => {
  for (const text of [
    'localhost:9092',
    '127.0.0.1:1',
    'b-1.kafka.example.com:65535',
    '[::1]:9092',
  ]) {
    it(`takes ${text}`, () => {
      assert.deepEqual(readServer(` ${text} `), { kind: 'server', server: text })
    })
  }

  const wrong: readonly (readonly [text: string, message: RegExp])[] = [
    ['', /empty/],
    ['localhost', /no port.*localhost:9092/],
    ['localhost:', /no port.*localhost:9092/],
    ['localhost:0', /not a port/],
    ['localhost:65536', /not a port/],
    ['localhost:kafka', /not a port/],
    ['::1:9092', /brackets.*\[::1\]:9092/],
    ['fe80::1', /brackets/],
    ['[::1]', /no port/],
    ['[local]:9092', /not a host/],
    ['PLAINTEXT://localhost:9092', /Leave out "PLAINTEXT:\/\/".*localhost:9092/],
    ['http://localhost:9092', /Leave out "http:\/\/"/],
    ['a:9092 b:9092', /commas/],
    ['ho$t:9092', /not a host/],
  ]
  for (const [text, message] of wrong) {
    it(`refuses "${text}"`, () => {
      const answer = readServer(text)
      assert.match(answer.kind === 'invalid' ? answer.message : '', message)
    })
  }

  it('reads a list, without repeats, a last comma forgiven', () => {
    assert.deepEqual(readServers('a:1, b:2,a:1,'), { kind: 'servers', servers: ['a:1', 'b:2'] })
  })

  it('names the one address of a list that is wrong', () => {
    const answer = readServers('a:1,b')
    assert.match(answer.kind === 'invalid' ? answer.message : '', /"b" has no port/)
  })
})

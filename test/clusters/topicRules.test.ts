import assert from 'node:assert/strict'
import { check } from '../../src/language/check/check.ts'
import { parse } from '../../src/language/parse.ts'
import { kafkaFileFor } from '../../src/vscode/topics/kafkaFile.ts'
import {
  countError,
  protectedText,
  readConfigs,
  readCount,
  topicNameError,
} from '../../src/vscode/topics/topicRules.ts'

describe('the name of a new topic', () => {
  const existing = ['orders', 'orders.dead_letter']
  for (const name of ['payments', 'a.b-c_D9', 'x'.repeat(249)]) {
    it(`can be ${name.slice(0, 20)}`, () => assert.equal(topicNameError(name, existing), undefined))
  }
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['', /Enter/],
    ['.', /not a topic name/],
    ['..', /not a topic name/],
    ['a b', /" " cannot/],
    ['a/b', /"\/" cannot/],
    ['x'.repeat(250), /250 characters/],
    ['orders', /already/],
    ['orders_dead.letter', /"orders\.dead_letter" exists/],
  ]
  for (const [name, message] of wrong) {
    it(`cannot be "${name.slice(0, 20)}"`, () => {
      assert.match(topicNameError(name, existing) ?? '', message)
    })
  }
})

describe('partitions and replicas of a new topic', () => {
  it('may be left to the broker', () => {
    assert.equal(countError(' ', 'partitions'), undefined)
    assert.equal(readCount(' '), undefined)
    assert.equal(readCount(' 6 '), 6)
  })
  for (const text of ['0', '-1', '1.5', 'six', '1e3']) {
    it(`cannot be ${text}`, () => assert.match(countError(text, 'partitions') ?? '', /at least 1/))
  }
  it('cannot be more replicas than brokers', () => {
    assert.match(countError('3', 'replicas', 1) ?? '', /has 1 broker, so/)
    assert.equal(countError('3', 'replicas'), undefined)
  })
})

describe('configs of a new topic', () => {
  it('are read, commas and equals signs in values kept', () => {
    assert.deepEqual(readConfigs(' cleanup.policy=compact,delete  retention.ms=1; x=a=b '), {
      kind: 'configs',
      configs: { 'cleanup.policy': 'compact,delete', 'retention.ms': '1', x: 'a=b' },
    })
    assert.deepEqual(readConfigs(''), { kind: 'configs', configs: {} })
  })
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['retention.ms', /no value/],
    ['=5', /no value/],
    ['Retention=5', /not the name/],
    ['a=1 a=2', /twice/],
  ]
  for (const [text, message] of wrong) {
    it(`are refused as "${text}"`, () => {
      const answer = readConfigs(text)
      assert.match(answer.kind === 'invalid' ? answer.message : '', message)
    })
  }
})

describe('words about topics', () => {
  it('ask before a protected cluster is changed (K402)', () => {
    assert.equal(
      protectedText('prod', 'delete "orders"'),
      '"prod" is protected. Confirm to delete "orders".',
    )
  })

  it('begin a .kafka file that produces to the topic, expects it to arrive, and reads', () => {
    const text = kafkaFileFor('orders', 'Local')
    assert.match(text, /^-- @cluster Local$/m)
    assert.match(text, /^PRODUCER sent\ntopic: orders$/m)
    assert.match(text, /^EXPECT arrives\ntopic: orders$/m)
    assert.match(text, /^CONSUMER\ntopic: orders\nfrom: tail\(20\)$/m)
  })

  it('begin a file in which nothing is wrong', () => {
    const { file, problems } = parse(kafkaFileFor('orders', 'Local'))
    assert.deepEqual([...problems, ...check(file)], [])
    assert.deepEqual(
      file.blocks.map(({ kind }) => kind),
      ['PRODUCER', 'EXPECT', 'CONSUMER'],
    )
  })
})

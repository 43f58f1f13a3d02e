import assert from 'node:assert/strict'
import { range, roundRobin, type Assignment } from '../../src/kafkajs/assigners.ts'

const count = (n: number) => Array.from({ length: n }, (_, i) => i)

/** `b: orders 2,3 | logs 0` */
function shown(assignment: Assignment): readonly string[] {
  return [...assignment].map(([member, topics]) => {
    const own = [...topics].map(([topic, ids]) => `${topic} ${ids.join()}`)
    return `${member}: ${own.join(' | ')}`
  })
}

// As Kafka's RangeAssignorTest and RoundRobinAssignorTest have them.
const TABLE = [
  {
    what: 'one member gets all',
    members: { a: ['t'] },
    partitions: { t: 3 },
    range: ['a: t 0,1,2'],
    roundRobin: ['a: t 0,1,2'],
  },
  {
    what: 'partitions that cannot be shared out evenly',
    members: { b: ['t'], a: ['t'] },
    partitions: { t: 3 },
    range: ['a: t 0,1', 'b: t 2'],
    roundRobin: ['a: t 0,2', 'b: t 1'],
  },
  {
    what: 'two topics',
    members: { a: ['t', 'u'], b: ['t', 'u'] },
    partitions: { t: 3, u: 3 },
    range: ['a: t 0,1 | u 0,1', 'b: t 2 | u 2'],
    roundRobin: ['a: t 0,2 | u 1', 'b: t 1 | u 0,2'],
  },
  {
    what: 'members that subscribe to different topics',
    members: { a: ['t'], b: ['t', 'u'], c: ['u'] },
    partitions: { t: 3, u: 2 },
    range: ['a: t 0,1', 'b: t 2 | u 0', 'c: u 1'],
    roundRobin: ['a: t 0,2', 'b: t 1 | u 0', 'c: u 1'],
  },
  {
    what: 'more members than partitions',
    members: { a: ['t'], b: ['t'], c: ['t'] },
    partitions: { t: 2 },
    range: ['a: t 0', 'b: t 1', 'c: '],
    roundRobin: ['a: t 0', 'b: t 1', 'c: '],
  },
  {
    what: 'a topic that is not there, and a member without topics',
    members: { a: ['t', 'gone'], b: [] },
    partitions: { t: 1, gone: 0 },
    range: ['a: t 0', 'b: '],
    roundRobin: ['a: t 0', 'b: '],
  },
]

describe('assigners of partitions', () => {
  for (const { what, members, partitions, ...expected } of TABLE) {
    it(`share out: ${what}`, () => {
      const subscriptions = new Map(Object.entries(members))
      const topics = new Map(Object.entries(partitions).map(([topic, n]) => [topic, count(n)]))
      assert.deepEqual(shown(range(subscriptions, topics)), expected.range)
      assert.deepEqual(shown(roundRobin(subscriptions, topics)), expected.roundRobin)
    })
  }
})

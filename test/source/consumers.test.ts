import assert from 'node:assert/strict'
import { consumerAt, findConsumers } from '../../src/source/consumers.ts'

describe('group ids in program text', () => {
  const cases: [name: string, text: string, groups: string[]][] = [
    ['a literal', `kafka.consumer({ groupId: 'billing' })`, ['billing']],
    ['double quotes and a quoted name', `k.consumer({ "groupId": "billing" })`, ['billing']],
    ['a template without expressions', 'k.consumer({ groupId: `billing` })', ['billing']],
    ['a computed template', 'k.consumer({ groupId: `billing-${env}` })', []],
    ['something added', `k.consumer({ groupId: 'billing-' + env })`, []],
    ['the environment', `k.consumer({ groupId: process.env.GROUP ?? 'billing' })`, []],
    ['a constant', `const GROUP = 'billing'\nk.consumer({ groupId: GROUP })`, ['billing']],
    ['a constant with a type', `const G: string = 'b' as const; k.consumer({ groupId: G })`, ['b']],
    ['a constant further down', `k.consumer({ groupId: G }); const G = 'b'`, ['b']],
    ['a constant two steps away', `const A = 'b'; const B = A; k.consumer({ groupId: B })`, []],
    ['shorthand', `const groupId = 'b'; k.consumer({ groupId, sessionTimeout: 1 })`, ['b']],
    ['a variable that may change', `let g = 'b'; k.consumer({ groupId: g })`, []],
    ['a name with two meanings', `const g = 'a'; { const g = 'b' } k.consumer({ groupId: g })`, []],
    ['options one step away', `const o = { groupId: 'b' }; k.consumer(o)`, ['b']],
    ['optional chaining', `k?.consumer({ groupId: 'b' })`, ['b']],
    ['chained on new Kafka', `new Kafka({ brokers: ['a:1'] }).consumer({ groupId: 'b' })`, ['b']],
    ['among other options', `k.consumer({ a: { groupId: 'no' }, groupId: 'b', c: [1, 2] })`, ['b']],
    ['nested only', `k.consumer({ a: { groupId: 'no' } })`, []],
    ['in a comment', `// k.consumer({ groupId: 'b' })\n/* k.consumer({ groupId: 'b' }) */`, []],
    ['in a string', `"k.consumer({ groupId: 'b' })"`, []],
    ['in a template', "`k.consumer({ groupId: 'b' })`", []],
    ['after a regular expression with a quote', `/'/; k.consumer({ groupId: 'b' })`, ['b']],
    ['an empty group id', `k.consumer({ groupId: '' })`, []],
    ['a function of that name', `consumer({ groupId: 'b' })`, []],
    ['a call that is being typed', `k.consumer({ groupId: 'b'`, []],
    ['platformatic', `new Consumer({ groupId: 'b', clientId: 'c' })`, ['b']],
    ['platformatic with types', `new Consumer<string, Map<a, b>>({ groupId: 'b' })`, ['b']],
    ['two', `k.consumer({ groupId: 'a' }); k.consumer({ groupId: 'b' })`, ['a', 'b']],
    ['JSX around it', `<p>don't</p>\nk.consumer({ groupId: 'b' })`, ['b']],
    ['text of something else', `groupId`, []],
  ]
  for (const [name, text, expected] of cases)
    it(name, () => {
      assert.deepEqual(
        findConsumers(text).map(({ groupId }) => groupId),
        expected,
      )
    })
})

describe('what belongs to a consumer', () => {
  it('its place, its variable, its topics and its handler', () => {
    const text = `
      const TOPIC = 'payments'
      const consumer: Consumer = await kafka.consumer({ groupId: 'billing' })
      await consumer.subscribe({ topics: ['orders', TOPIC, name], fromBeginning: true })
      await consumer.run({
        autoCommit: true,
        eachMessage: async ({ message }) => {
          console.log(message)
        },
      })`
    const [found, ...more] = findConsumers(text)
    assert.ok(found)
    assert.deepEqual(more, [])
    assert.equal(found.variable, 'consumer')
    assert.deepEqual(found.topics, ['orders', 'payments'])
    assert.equal(text.slice(found.call.start, found.call.end), `consumer({ groupId: 'billing' })`)
    const [handler] = found.handlers
    assert.ok(handler)
    assert.equal(handler.kind, 'eachMessage')
    const body = text.slice(handler.start, handler.end)
    assert.ok(body.startsWith('eachMessage: async') && body.endsWith('}'), body)
  })

  const subscribing: [name: string, text: string, topics: string[]][] = [
    ['one topic', `c.subscribe({ topic: 'a' })`, ['a']],
    [
      'twice',
      `c.subscribe({ topic: 'a' }); c.subscribe({ topic: 'b' }); c.subscribe({ topic: 'a' })`,
      ['a', 'b'],
    ],
    ['a list one step away', `const LIST = ['a', 'b']; c.subscribe({ topics: LIST })`, ['a', 'b']],
    ['a pattern', `c.subscribe({ topics: [/a.*/] })`, []],
    ['platformatic', `c.consume({ topics: ['a'] })`, ['a']],
    ['another one', `d.subscribe({ topic: 'a' })`, []],
  ]
  for (const [name, text, topics] of subscribing)
    it(`topics: ${name}`, () => {
      const [found] = findConsumers(`const c = k.consumer({ groupId: 'g' }); ${text}`)
      assert.deepEqual(found?.topics, topics)
    })

  const timeouts: [name: string, options: string, timeout: number | undefined][] = [
    ['as written', `groupId: 'g', sessionTimeout: 10_000`, 10_000],
    ['a constant', `groupId: 'g', sessionTimeout: SIX`, 6000],
    ['by default', `groupId: 'g'`, 30_000],
    ['computed', `groupId: 'g', sessionTimeout: 10 * 1000`, undefined],
    ['perhaps from elsewhere', `...defaults, groupId: 'g'`, undefined],
  ]
  for (const [name, options, timeout] of timeouts)
    it(`session timeout: ${name}`, () => {
      const [found] = findConsumers(`const SIX = 6000; k.consumer({ ${options} })`)
      assert.equal(found?.sessionTimeout, timeout)
    })

  it('keeps two of the same name apart', () => {
    const found = findConsumers(`
      function a() { const c = k.consumer({ groupId: 'a' }); c.subscribe({ topic: 'x' }) }
      function b() { const c = k.consumer({ groupId: 'b' }); c.subscribe({ topic: 'y' }) }`)
    assert.deepEqual(
      found.map(({ groupId, topics }) => [groupId, ...topics]),
      [
        ['a', 'x'],
        ['b', 'y'],
      ],
    )
  })

  it('a field of a class', () => {
    const [found] = findConsumers(`class A {
      start() { this.consumer = this.kafka.consumer({ groupId: 'g' }) }
      run() { this.consumer.run({ async eachBatch({ batch }) { work(batch) } }) } }`)
    assert.equal(found?.variable, 'consumer')
    assert.equal(found.handlers[0]?.kind, 'eachBatch')
  })

  const handlers: [name: string, text: string][] = [
    ['inline', `c.run({ eachMessage: async () => { HERE } })`],
    ['a method', `c.run({ async eachMessage({ message }) { HERE } })`],
    ['a function by name', `c.run({ eachMessage: handle }); async function handle({ a }) { HERE }`],
    ['an arrow by name', `const eachMessage = async ({ a }) => { HERE }; c.run({ eachMessage })`],
    ['in options of their own', `const o = { eachMessage: () => { HERE } }; c.run(o)`],
  ]
  for (const [name, text] of handlers)
    it(`finds the consumer of a line in its handler: ${name}`, () => {
      const whole = `const c = k.consumer({ groupId: 'mine' }); ${text};
        const d = k.consumer({ groupId: 'other' })`
      const consumers = findConsumers(whole)
      assert.equal(consumerAt(consumers, whole.indexOf('HERE'))?.groupId, 'mine')
      assert.equal(consumerAt(consumers, 0), undefined)
    })

  it('takes the only consumer of a file for any line', () => {
    const consumers = findConsumers(`k.consumer({ groupId: 'only' })`)
    assert.equal(consumerAt(consumers, 0)?.groupId, 'only')
  })
})

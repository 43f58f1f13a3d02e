import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { cp, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Kafka, logLevel, type Admin } from 'kafkajs'
import { harden } from '../../src/kafkajs/harden.ts'
import type { BlockDocument } from '../../src/report/json.ts'
import { junitProblems } from '../report/junitSchema.ts'
import { secureBroker, sharedBroker } from './broker.ts'
import { Bundle } from './bundle.ts'
import { eventually } from './eventually.ts'
import { runFolder, type RunFolder } from './runFolder.ts'

harden()

describe('kafkafile run', function () {
  this.timeout(120_000)
  let bundle: Bundle
  let brokers = ''
  let admin: Admin
  let folder: RunFolder

  before(async () => {
    bundle = await Bundle.make()
    brokers = (await sharedBroker()).bootstrapServers
    const kafka = new Kafka({ brokers: [brokers], clientId: 'run', logLevel: logLevel.NOTHING })
    admin = kafka.admin()
    await admin.connect()
  })

  after(async () => {
    await admin.disconnect()
    await bundle.remove()
  })

  beforeEach(async () => {
    folder = await runFolder(bundle)
  })

  afterEach(() => folder.remove())

  async function newTopic(numPartitions = 1): Promise<string> {
    const topic = `run-${randomUUID()}`
    await admin.createTopics({ topics: [{ topic, numPartitions }] })
    return topic
  }

  const put: RunFolder['put'] = files => folder.put(files)
  const start: RunFolder['start'] = (...args) => folder.start(...args)
  const run: RunFolder['run'] = (...args) => folder.run(...args)
  const read: RunFolder['read'] = name => folder.read(name)
  const document: RunFolder['document'] = name => folder.document(name)

  const statuses = (blocks: readonly BlockDocument[] = []) => blocks.map(({ status }) => status)

  async function countOf(topic: string): Promise<number> {
    const offsets = await admin.fetchTopicOffsets(topic)
    return offsets.reduce((sum, { high }) => sum + Number(high), 0)
  }

  const roundTrip = (topic: string, expected = 'PRICED') => `@id = {{$uuid}}

PRODUCER order
topic: ${topic}
key: {{id}}
{ "id": "{{id}}", "status": "PRICED", "total": 9007199254740993 }

###
EXPECT priced
topic: ${topic}
within: 2s
key: {{id}}
capture: seen = value.total
{ "status": "${expected}" }
`

  it('passes with 0, and writes reports of what it did', async () => {
    const topic = await newTopic()
    await put({ 'orders.kafka': roundTrip(topic) })
    const reports = '--report junit=out/r.xml --report json=out/r.json --report tap=out/r.tap'
    const { exit, out, errors } = await run(
      `orders.kafka --brokers ${brokers} ${reports} --verbose`,
    )
    assert.equal(errors, '')
    assert.equal(exit, 0, out)
    assert.match(out, /^orders\.kafka\n {2}✓ PRODUCER order {2}partition 0 · offset 0 · \d+ ms\n/)
    assert.match(out, / {2}✓ EXPECT priced {2}partition 0 · offset 0 · \d.*s\n/)
    assert.match(out, / seen = 9007199254740993\n1 file: 2 passed · .*s\n$/)
    const xml = await read('out/r.xml')
    assert.deepEqual(junitProblems(xml), [])
    assert.match(xml, /<testcase name="EXPECT priced" classname="orders.kafka"/)
    assert.match(xml, /<system-out>orders\.kafka:9:1 /)
    assert.match(
      await read('out/r.tap'),
      /^TAP version 14\n1\.\.1\nok 1 - orders\.kafka EXPECT priced\n/,
    )
    const { exitCode, totals, files } = await document('out/r.json')
    assert.equal(exitCode, 0)
    assert.equal(totals.passed, 2)
    assert.deepEqual(files[0]?.blocks[0]?.details, {
      kind: 'produced',
      topic,
      sent: 1,
      acknowledged: 1,
      last: { partition: 0, offset: '0' },
    })
    assert.deepEqual(await readdir(join(folder.path, 'out')), ['r.json', 'r.tap', 'r.xml'])
  })

  it('ends with 4 where a record does not come, and tells the closest one', async () => {
    const topic = await newTopic()
    await put({ 'orders.kafka': roundTrip(topic, 'REJECTED') })
    const { exit, out } = await run(`orders.kafka --brokers ${brokers} --report junit=r.xml`)
    assert.equal(exit, 4, out)
    assert.match(out, / {2}✗ orders\.kafka:9:1 {2}EXPECT priced — no matching record within 2s\n/)
    assert.match(
      out,
      new RegExp(`    read 1 record from ${topic} \\[0\\] since .* \\(run mark\\)\n`),
    )
    assert.match(out, / {4}closest: partition 0 offset 0, key /)
    assert.match(out, / {7}status +expected "REJECTED" +got "PRICED"\n/)
    const xml = await read('r.xml')
    assert.deepEqual(junitProblems(xml), [])
    assert.match(
      xml,
      /<failure type="failed" message="no matching record within 2s">orders\.kafka:9:1/,
    )
  })

  it('ends with 2 where a file does not validate, and sends nothing of it', async () => {
    const topic = await newTopic()
    await put({
      'bad.kafka': `${roundTrip(topic)}\n###\nPRODUCER\n{}\n`,
      'undefined.kafka': `${roundTrip(topic)}\n###\nPRODUCER\ntopic: ${topic}\n{{$secret NOPE}}\n`,
    })
    const { exit, out } = await run(`. --brokers ${brokers} --report json=r.json`)
    assert.equal(exit, 2, out)
    assert.match(out, /bad\.kafka:\d+:1 {2}error K120 The producer needs a "topic:"\./)
    assert.match(out, /undefined\.kafka:\d+:\d+ {2}error K306 .*"NOPE"/)
    assert.equal(await countOf(topic), 0)
  })

  it('ends with 1 for bad options and files that are not there', async () => {
    await put({ 'a.kafka': roundTrip('t') })
    for (const args of [
      'a.kafka',
      `nope.kafka --brokers ${brokers}`,
      '--brokers',
      'a.kafka --report x',
      'a.kafka --cluster nope',
    ]) {
      const { exit, out, errors } = await run(args)
      assert.equal(exit, 1, `${args}: ${out}${errors}`)
    }
  })

  it('ends with 3 where the cluster does not answer', async () => {
    await put({ 'a.kafka': roundTrip('t') })
    const { exit, out } = await run('a.kafka --brokers 127.0.0.1:1 --report junit=r.xml')
    assert.equal(exit, 3, out)
    assert.match(out, /127\.0\.0\.1:1/)
    assert.deepEqual(junitProblems(await read('r.xml')), [])
  })

  it('runs files at once that share nothing; the highest code wins', async () => {
    const topic = await newTopic(3)
    await put({
      'a.kafka': roundTrip(topic),
      'b/c.kafka': roundTrip(topic, 'REJECTED'),
      'b/d.kafka': roundTrip(topic),
      'e.kafka': 'PRODUCER\n{}\n',
    })
    const { exit, out } = await run(
      `a.kafka b e.kafka --brokers ${brokers} --jobs 4 --report json=r.json`,
    )
    assert.equal(exit, 4, out)
    const { files } = await document('r.json')
    assert.deepEqual(
      files.map(({ file, blocks }) => [file, statuses(blocks)]),
      [
        ['a.kafka', ['passed', 'passed']],
        ['b/c.kafka', ['passed', 'failed']],
        ['b/d.kafka', ['passed', 'passed']],
        ['e.kafka', []],
      ],
    )
    const heads = out.split('\n').filter(line => /^\S+\.kafka$/.test(line))
    assert.deepEqual(heads.toSorted(), ['a.kafka', 'b/c.kafka', 'b/d.kafka', 'e.kafka'])
  })

  it('keeps files of one name apart in its reports, whatever their labels are', async () => {
    const topic = await newTopic()
    const expect = (label: string) =>
      `EXPECT ${label}\ntopic: ${topic}\nwithin: 1s\nnone: true\nkey: x\n`
    const label = `<a href="&amp;">]]> 'é' 😀 \u0007 #1`
    const text = [label, label, ''].map(expect).join('###\n')
    await put({ 'one/same.kafka': text, 'two/same.kafka': text })
    const reports = '--report junit=r.xml --report tap=r.tap --report json=r.json'
    const { exit, out } = await run(`. --brokers ${brokers} --jobs 2 ${reports}`)
    assert.equal(exit, 0, out)

    const xml = await read('r.xml')
    assert.deepEqual(junitProblems(xml), [])
    const suites = [...xml.matchAll(/<testsuite name="([^"]*)"/g)].map(([, name]) => name)
    assert.deepEqual(suites, ['one/same.kafka', 'two/same.kafka'])
    const shown = "EXPECT &lt;a href=&quot;&amp;amp;&quot;&gt;]]&gt; 'é' 😀 \ufffd #1"
    const names = [shown, `${shown} (2)`, 'EXPECT (line 13)']
    const cases = [...xml.matchAll(/<testcase name="([^"]*)" classname="([^"]*)"/g)]
    assert.deepEqual(
      cases.map(([, name, file]) => [file, name]),
      suites.flatMap(file => names.map(name => [file, name])),
    )

    const points = (await read('r.tap')).split('\n').filter(line => /^(?:TAP|1\.\.|ok)/.test(line))
    const escaped = `EXPECT <a href="&amp;">]]> 'é' 😀 \u0007 \\#1`
    const titles = [escaped, `${escaped} (2)`, 'EXPECT (line 13)']
    assert.deepEqual(points, [
      ...['TAP version 14', '1..6'],
      ...['one', 'two'].flatMap((of, file) =>
        titles.map((title, n) => `ok ${3 * file + n + 1} - ${of}/same.kafka ${title}`),
      ),
    ])

    const { files } = await document('r.json')
    assert.deepEqual(
      files.map(({ file, blocks }) => [file, ...blocks.map(each => each.label)]),
      [
        ['one/same.kafka', label, label, undefined],
        ['two/same.kafka', label, label, undefined],
      ],
    )
  })

  it('chooses blocks by tag, and skips a CONSUMER without an end, with a reason', async () => {
    const topic = await newTopic()
    const file = `PRODUCER
-- @tag fast
topic: ${topic}
a
###
PRODUCER
-- @tag slow
topic: ${topic}
b
###
CONSUMER
-- @tag fast
topic: ${topic}
###
CONSUMER
-- @tag fast
topic: ${topic}
limit: 1
output: raw
`
    await put({ 'a.kafka': file })
    const { exit, out, errors } = await run(
      `a.kafka --brokers ${brokers} --tags fast --report json=r.json`,
    )
    assert.equal(exit, 0, out + errors)
    assert.match(out, /– CONSUMER \(line 11\) {2}skipped: It has no end/)
    const { files } = await document('r.json')
    assert.deepEqual(statuses(files[0]?.blocks), ['passed', 'skipped', 'skipped', 'passed'])
    assert.equal(await countOf(topic), 1)
    const quiet = await run(`a.kafka --brokers ${brokers} --tags fast --quiet`)
    assert.deepEqual([quiet.exit, quiet.out, quiet.errors], [0, 'a\n', ''])
  })

  it('leaves out what is marked with @skip, and with --only all that is not marked with @only', async () => {
    const topic = await newTopic()
    const producer = (directive: string) => `PRODUCER\n${directive}\ntopic: ${topic}\nx\n###\n`
    const directives = ['-- @only', '-- a comment', '-- @skip broken since June']
    await put({ 'a.kafka': directives.map(producer).join('') })
    const ran = async (more: string) => {
      const { exit, out } = await run(`a.kafka --brokers ${brokers} --report json=r.json ${more}`)
      assert.equal(exit, 0, out)
      const { files } = await document('r.json')
      return [statuses(files[0]?.blocks), await countOf(topic)]
    }
    assert.deepEqual(await ran(''), [['passed', 'passed', 'skipped'], 2])
    assert.deepEqual(await ran('--only'), [['passed', 'skipped', 'skipped'], 3])
  })

  it('ends with --bail at the first block that goes wrong', async () => {
    const topic = await newTopic()
    await put({
      'a.kafka': `${roundTrip(topic, 'REJECTED')}\n###\nPRODUCER\ntopic: ${topic}\nlate\n`,
      'b.kafka': roundTrip(topic),
    })
    const { exit, out } = await run(
      `. --brokers ${brokers} --bail --report json=r.json --report junit=r.xml`,
    )
    assert.equal(exit, 4, out)
    assert.equal(await countOf(topic), 1)
    const { files } = await document('r.json')
    assert.deepEqual(
      files.map(({ blocks }) => statuses(blocks)),
      [['passed', 'failed', 'skipped'], []],
    )
    assert.deepEqual(junitProblems(await read('r.xml')), [])
  })

  it('ends with 3 when its time is over', async () => {
    const topic = await newTopic()
    await put({ 'a.kafka': `EXPECT\ntopic: ${topic}\nwithin: 60s\n{ "id": 1 }\n` })
    const { exit, out } = await run(
      `a.kafka --brokers ${brokers} --timeout 500ms --report junit=r.xml`,
    )
    assert.equal(exit, 3, out)
    assert.match(out, /The time that --timeout allows is over\./)
    assert.deepEqual(junitProblems(await read('r.xml')), [])
  })

  it('ends with 130 at Ctrl-C, with what was acknowledged and the reports written', async () => {
    const topic = await newTopic()
    await put({
      'a.kafka': `PRODUCER
topic: ${topic}
sent
###
EXPECT
topic: ${topic}
within: 60s
{ "id": 1 }
###
PRODUCER
topic: ${topic}
never
`,
      'b.kafka': roundTrip(topic),
    })
    const started = start(`. --brokers ${brokers} --report junit=r.xml --report json=r.json`)
    await eventually('the record', async () => ((await countOf(topic)) > 0 ? true : undefined))
    await eventually('the first line', () => Promise.resolve(started.lines.length > 1 || undefined))
    started.child.kill('SIGINT')
    assert.equal(await started.ended, 130)
    assert.equal(await countOf(topic), 1)
    const { files } = await document('r.json')
    const [first, second] = files
    assert.deepEqual(statuses(first?.blocks), ['passed', 'stopped', 'stopped'])
    assert.equal(first?.problem?.code, 'interrupted')
    assert.deepEqual([second?.blocks, second?.problem?.code], [[], 'interrupted'])
    assert.deepEqual(junitProblems(await read('r.xml')), [])
    assert.match(started.out, /✓ PRODUCER \(line 1\) {2}partition 0 · offset 0/)
    assert.match(started.out, /The run was interrupted\./)
  })

  it('tells at Ctrl-C how far many records have come', async () => {
    const topic = await newTopic()
    await put({
      'rows.csv': `id\n${Array.from({ length: 5000 }, (_, i) => `${i}\n`).join('')}`,
      'a.kafka': `PRODUCER\ntopic: ${topic}\nrecords-from: file(./rows.csv)\nrate: 50/s\n`,
    })
    const started = start(`a.kafka --brokers ${brokers} --report json=r.json`)
    await eventually('some records', async () => ((await countOf(topic)) > 5 ? true : undefined))
    started.child.kill('SIGINT')
    assert.equal(await started.ended, 130)
    const { files } = await document('r.json')
    const [block] = files[0]?.blocks ?? []
    assert.equal(block?.status, 'stopped')
    assert.ok(block.details?.kind === 'produced')
    const written = await countOf(topic)
    assert.equal(block.details.acknowledged, written)
    assert.equal(block.details.last?.offset, `${written - 1}`)
    assert.match(started.out, new RegExp(`${written} records to ${topic} · last partition 0`))
  })

  it('takes names of clusters from kafka.env.json, and asks before it writes to a protected one', async () => {
    const topic = await newTopic()
    const clusters = {
      test: brokers,
      prod: { brokers, protected: true },
    }
    await put({
      'kafka.env.json': JSON.stringify({ $clusters: clusters, ci: { cluster: 'test', who: 'ci' } }),
      'a.kafka': `PRODUCER\ntopic: ${topic}\n{{who}} on {{$cluster}}\n`,
      'b.kafka': `PRODUCER\n-- @cluster prod\ntopic: ${topic}\nx\n`,
    })
    const first = await run('a.kafka --env ci')
    assert.equal(first.exit, 0, first.out)
    assert.equal(await countOf(topic), 1)
    const refused = await run('b.kafka')
    assert.equal(refused.exit, 2, refused.out)
    assert.match(refused.out, /"prod" is protected[^]*The option --yes confirms it\./)
    assert.equal(await countOf(topic), 1)
    const agreed = await run('b.kafka --yes')
    assert.equal(agreed.exit, 0, agreed.out)
    assert.equal(await countOf(topic), 2)
  })

  it('passes the example for pipelines', async () => {
    await cp(join(import.meta.dirname, '../../examples/ci'), folder.path, { recursive: true })
    const { exit, out } = await run(`. --env ci --cluster ci=${brokers} --report junit=kafka.xml`)
    assert.equal(exit, 0, out)
    assert.match(out, /3 passed/)
  })

  it('shows no secret anywhere, whatever becomes of it', async () => {
    const secure = await secureBroker()
    const secrets = {
      ofFile: `canary-"${randomUUID()}`,
      ofProcess: `canary-'${randomUUID()}`,
      ofEnvironment: `canary-\\${randomUUID()}`,
      password: secure.passwords.alice,
    }
    const topic = `secrets-${randomUUID()}`
    await put({
      secrets: `TOKEN='${secrets.ofFile}'\nKAFKA_PASSWORD=${secrets.password}\n`,
      'kafka.private.env.json': JSON.stringify({ ci: { pin: secrets.ofEnvironment } }),
      // What another program wrote: nothing says that it is one.
      'echo.json': JSON.stringify({ said: `by ${secrets.password}`, ...secrets }),
      'a.kafka': `@token = {{$secret TOKEN}}
@other = {{$secret OTHER}}

TOPIC
topic: ${topic}
###
PRODUCER p
topic: ${topic}
key: {{token}}
header: pin = {{pin}}
{ "token": {{json token}}, "pin": {{json pin}} }
###
PRODUCER
topic: ${topic}
value-from: file(./echo.json)
###
EXPECT found
topic: ${topic}
capture: seen = [value.token, value.pin, headers["pin"]]
{ "token": {{json token}} }
###
EXPECT lost
topic: ${topic}
within: 500ms
key: {{token}}
match: value.token == "{{token}}" && value.pin == {{other}}
{ "token": {{json token}}, "pin": "not {{pin}}" }
###
EXPECT echoed
topic: ${topic}
within: 500ms
{ "said": "nothing", "ofFile": {}, "ofProcess": "{{other}}!", "ofEnvironment": 1 }
###
EXPECT judged
topic: ${topic}
match: has(value.said)
assert: value.said == "by {{other}}" || int(value.password) == 1
###
CONSUMER
topic: ${topic}
to: latest
output: jsonl
###
PRODUCER bad
topic: no such {{token}}
x
`,
    })
    const reports = '--report junit=r.xml --report json=r.json --report tap=r.tap'
    const login = `--brokers ${secure.saslPlain} --security sasl-plaintext --username alice`
    const { exit, out, errors } = await run(
      `a.kafka ${login} --env ci --secrets-file secrets --verbose ${reports}`,
      { OTHER: secrets.ofProcess },
    )
    assert.equal(exit, 4, out)
    for (const text of [
      out,
      errors,
      ...(await Promise.all(['r.xml', 'r.json', 'r.tap'].map(read))),
    ])
      for (const secret of Object.values(secrets))
        for (const form of [secret, JSON.stringify(secret).slice(1, -1)])
          assert.ok(!text.includes(form), text)
    assert.match(out, /seen = \["\*{3}","\*{3}","\*{3}"\]/)
    assert.match(out, /said +expected "nothing" +got "by \*{3}"/)
    assert.match(out, /"said":"by \*{3}","ofFile":"\*{3}"/)
  })
})

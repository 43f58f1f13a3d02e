import assert from 'node:assert/strict'
import { check } from '../../src/language/check/check.ts'
import { parse } from '../../src/language/parse.ts'
import { ProblemError } from '../../src/base/problem.ts'
import { runBlocks } from '../../src/run/engine.ts'
import type { RunOptions } from '../../src/run/preparing.ts'
import type { JoinRequest } from '../../src/kafka/cluster.ts'
import type { RunEvent } from '../../src/run/events.ts'
import type { GivenValue, RunPorts } from '../../src/run/ports.ts'
import { CANCELLED, type BlockResult } from '../../src/run/results.ts'
import { newSession, type Session } from '../../src/run/session.ts'
import { collect, groupOf, patientClock } from './fixtures.ts'
import { memoryCluster, type MemoryCluster } from './memoryCluster.ts'

const utf8 = new TextEncoder()

interface World {
  readonly memory?: MemoryCluster
  readonly ports?: Partial<RunPorts>
  readonly values?: Partial<RunPorts['values']>
  readonly given?: Readonly<Record<string, Partial<GivenValue>>>
  readonly session?: Session
  readonly options?: Partial<RunOptions>
  readonly protected?: boolean
  /** Places of the blocks to run; absent: all. */
  readonly blocks?: readonly number[]
}

interface Ran {
  readonly events: readonly RunEvent[]
  readonly results: readonly BlockResult[]
  readonly memory: MemoryCluster
  readonly session: Session
  readonly files: ReadonlyMap<string, string>
  /** `passed`, or the status with the reason. */
  readonly told: readonly string[]
}

async function run(text: string, world: World = {}): Promise<Ran> {
  const { file } = parse(text)
  const memory = world.memory ?? memoryCluster({ orders: 2, prices: 2 })
  const session = world.session ?? newSession('run-1')
  const files = new Map<string, string>()
  let uuids = 0
  const ports: RunPorts = {
    clock: patientClock(1_000_000),
    random: () => 0.5,
    uuid: () => `uuid-${++uuids}`,
    toLocalEpoch: (year, month, ...rest) => Date.UTC(year, month - 1, ...rest),
    cluster: name =>
      name === 'away'
        ? Promise.reject(new ProblemError({ code: 'refused', message: 'It is away.' }))
        : Promise.resolve({
            name: name ?? 'local',
            cluster: memory.cluster,
            protected: world.protected ?? false,
            disposable: false,
          }),
    files: {
      text: path => Promise.resolve(`text of ${path}`),
      bytes: path => Promise.resolve(utf8.encode(path)),
      stream: () => {
        throw new ProblemError({ code: 'unreadable', message: 'There is no such file.' })
      },
      write: path => {
        if (path.startsWith('..'))
          throw new ProblemError({ code: 'outside-workspace', message: 'It is outside.' })
        let content = ''
        return Promise.resolve({
          write: bytes => {
            content += new TextDecoder().decode(bytes)
            return Promise.resolve()
          },
          close: () => {
            files.set(path, content)
            return Promise.resolve()
          },
          discard: () => Promise.resolve(),
        })
      },
    },
    values: {
      given: new Map(
        Object.entries(world.given ?? {}).map(([name, value]) => [
          name,
          { text: '', secret: false, source: 'test', ...value },
        ]),
      ),
      environment: () => undefined,
      dotenv: () => Promise.resolve(undefined),
      secret: () => Promise.resolve(undefined),
      prompt: () => Promise.resolve(undefined),
      ...world.values,
    },
    loadFaker: async () => (await import('@faker-js/faker/locale/en')).faker,
    fakerLocale: 'en',
    isOurs: () => false,
    ...world.ports,
  }
  const blocks = world.blocks
    ? file.blocks.filter(({ index }) => world.blocks?.includes(index))
    : file.blocks
  const events = await collect(
    runBlocks(file, blocks, session, ports, {
      signal: new AbortController().signal,
      ...world.options,
    }),
    10_000,
  )
  const results = events.flatMap(event => (event.kind === 'block-ended' ? [event.result] : []))
  const told = results.map(({ status, problem, failure, notice }) =>
    [status, failure?.message ?? problem?.message ?? (status === 'skipped' ? notice : undefined)]
      .filter(Boolean)
      .join(': '),
  )
  return { events, results, memory, session, files, told }
}

/** Prices every order, as an application would. */
function pricing(memory: MemoryCluster, status = 'PRICED'): MemoryCluster {
  memory.react = ({ topic, key, value, headers }) => {
    if (topic !== 'orders' || !value) return
    const { orderId } = JSON.parse(new TextDecoder().decode(value)) as { orderId: string }
    const priced = { orderId, status, total: 19.98, invoice: { id: 'i-1' } }
    memory.append('prices', { key, value: utf8.encode(JSON.stringify(priced)), headers }, 1)
  }
  return memory
}

const ROUND_TRIP = `@orderId = {{$uuid}}

### Send an order
PRODUCER order
topic: orders
key: {{orderId}}
header: trace-id = {{$run}}
{ "orderId": "{{orderId}}", "sku": "A-1" }

### Pricing enriches it
EXPECT priced
topic: prices
within: 15s
key: {{orderId}}
match: headers["trace-id"] == "{{$run}}"
assert: value.total > 19.97 && value.total < 19.99
assert: latency < 2000
capture: invoiceId = value.invoice.id
{ "orderId": "{{orderId}}", "status": "PRICED", "invoice": { "id": "#string" } }

###
PRODUCER again
topic: orders
key: {{order.key}}-{{priced.value.invoice.id}}
{"orderId":"{{invoiceId}}","first":{{order.offset}}}
`

describe('running a file', () => {
  it('produces, expects, captures, and goes on with what was captured', async () => {
    const { told, results, memory, events } = await run(ROUND_TRIP, {
      memory: pricing(memoryCluster({ orders: 1, prices: 2 })),
    })
    assert.deepEqual(told, ['passed', 'passed', 'passed'])
    assert.deepEqual(results[1]?.captures, [['invoiceId', 'i-1']])
    const [, last] = memory.logs.get('orders')?.[0] ?? []
    assert.equal(new TextDecoder().decode(last?.key ?? undefined), 'uuid-1-i-1')
    assert.equal(new TextDecoder().decode(last?.value ?? undefined), '{"orderId":"i-1","first":0}')
    assert.deepEqual(memory.calls, ['mark prices', 'produce orders', 'produce orders'])
    assert.deepEqual(
      events.filter(({ kind }) => kind !== 'block-progress').map(({ kind }) => kind),
      [
        'run-started',
        'block-started',
        'block-ended',
        'block-started',
        'block-ended',
        'block-started',
        'block-ended',
        'run-ended',
      ],
    )
    const end = events.at(-1)
    assert.equal(end?.kind === 'run-ended' && end.summary.passed, 3)
  })

  const filed: readonly (readonly [block: string, told: string])[] = [
    ['PRODUCER\ntopic: orders\nrecords-from: file(./none.csv)\n', 'There is no such file.'],
    ['PRODUCER\ntopic: orders\nvalue-from: file(none.bin)\n', 'There is no such file.'],
    ['CONSUMER\ntopic: orders\nto: latest\noutput-to: file(../x.csv)\n', 'It is outside.'],
  ]
  for (const [block, told] of filed) {
    it(`sends nothing where a later block names a file that it cannot have: ${block}`, async () => {
      const ran = await run(`PRODUCER\ntopic: orders\nv\n###\n${block}`)
      assert.deepEqual(ran.told, [
        `skipped: Nothing was run, as line 5 cannot run: ${told}`,
        `refused: ${told}`,
      ])
      assert.deepEqual(ran.memory.calls, [])
    })
  }

  it('waits with a file that an earlier block writes until its turn', async () => {
    const writes = 'CONSUMER\ntopic: orders\nto: latest\noutput-to: file(./x.csv)\n'
    const reads = '###\nPRODUCER\ntopic: orders\nrecords-from: file(x.csv)\n'
    assert.deepEqual((await run(writes + reads)).told, ['passed', 'failed: There is no such file.'])
  })

  it('fails with the closest record where the application alters it', async () => {
    const memory = pricing(memoryCluster({ orders: 1, prices: 2 }), 'REJECTED')
    const { told, results } = await run(ROUND_TRIP, { memory })
    assert.deepEqual(told, [
      'passed',
      'failed: no matching record within 15s',
      'refused: "{{priced.value.invoice.id}}" is not defined: block "priced" brought no record so far.',
    ])
    assert.deepEqual(results[1]?.failure?.closest?.differences, [
      { path: 'status', expected: '"PRICED"', actual: '"REJECTED"' },
    ])
  })

  it('never matches a record from before the run, and never misses one of it', async () => {
    const text = 'EXPECT\ntopic: orders\nwithin: 1s\nkey: k'
    const memory = memoryCluster({ orders: 2 })
    memory.append('orders', { key: utf8.encode('k') })
    assert.deepEqual((await run(text, { memory })).told, ['failed: no matching record within 1s'])
    const both = `PRODUCER\ntopic: orders\nkey: k\nv\n###\n${text}`
    assert.deepEqual((await run(both, { memory })).told, ['passed', 'passed'])
  })

  it('takes all of a topic for new that a run makes', async () => {
    const text =
      'TOPIC\ntopic: fresh\npartitions: 2\n###\nPRODUCER\ntopic: fresh\nkey: k\nv\n###\nEXPECT\ntopic: fresh\nkey: k'
    assert.deepEqual((await run(text)).told, ['passed', 'passed', 'passed'])
  })

  const nothingSent: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'an unknown name',
      'PRODUCER a\ntopic: orders\nv\n###\nPRODUCER b\ntopic: orders\n{{nope}}',
      [
        'skipped: Nothing was run, as line 5 cannot run: "{{nope}}" is not defined.',
        'refused: "{{nope}}" is not defined.',
      ],
    ],
    [
      'a secret that is not there',
      'PRODUCER a\ntopic: orders\nv\n###\nPRODUCER b\ntopic: orders\n{{$secret token}}',
      [
        'skipped: Nothing was run, as line 5 cannot run: "{{$secret token}}" is not defined: there is no secret of that name.',
        'refused: "{{$secret token}}" is not defined: there is no secret of that name.',
      ],
    ],
    [
      'a prompt without an answer',
      'PRODUCER a\ntopic: orders\nkey: {{x}}\nv\n###\n@x = {{$prompt Name}}',
      ['refused: "{{$prompt Name}}" is not defined: nobody answered.'],
    ],
    [
      'a property of a later version',
      'PRODUCER a\ntopic: orders\nv\n###\nPRODUCER b\ntopic: orders\nconfig: linger.ms = 5\nv',
      [
        'skipped: Nothing was run, as line 5 cannot run: "config:" runs in a later version of Kafka Workbench.',
        'refused: "config:" runs in a later version of Kafka Workbench.',
      ],
    ],
    [
      'a schema of a registry',
      'PRODUCER a\ntopic: orders\nvalue-schema: registry\nv',
      ['refused: A schema of a registry is used in a later version of Kafka Workbench.'],
    ],
    [
      'a bad expression',
      'PRODUCER a\ntopic: orders\nv\n###\nEXPECT\ntopic: orders\nmatch: value.x =',
      [
        'skipped: Nothing was run, as line 5 cannot run: Compare with "==".',
        'refused: Compare with "==".',
      ],
    ],
  ]
  for (const [what, text, expected] of nothingSent)
    it(`sends nothing where there is ${what}`, async () => {
      const { told, memory } = await run(text)
      assert.deepEqual(told, expected)
      assert.deepEqual(memory.calls, [])
    })

  it('refuses a block alone that needs another one, and runs it in the session of the other', async () => {
    const text =
      'PRODUCER a\ntopic: orders\ncapture: at = offset\nv\n###\nPRODUCER b\ntopic: orders\n{{a.offset}} {{at}}'
    const session = newSession('run-1')
    const alone = await run(text, { blocks: [1], session })
    assert.deepEqual(alone.told, [
      'refused: "{{at}}" is not known here: the block that captures it has to run before.',
    ])
    const memory = memoryCluster({ orders: 1 })
    await run(text, { blocks: [0], session, memory })
    const { told } = await run(text, { blocks: [1], session, memory })
    assert.deepEqual(told, ['passed'])
    assert.equal(
      new TextDecoder().decode(memory.logs.get('orders')?.[0]?.[1]?.value ?? undefined),
      '0 0',
    )
  })

  it('marks the topics of all EXPECTs before the first block of a session', async () => {
    const text = 'PRODUCER\ntopic: orders\nkey: k\nv\n###\nEXPECT\ntopic: orders\nkey: k'
    const session = newSession('run-1')
    const memory = memoryCluster({ orders: 1 })
    await run(text, { blocks: [0], session, memory })
    assert.deepEqual((await run(text, { blocks: [1], session, memory })).told, ['passed'])
    assert.deepEqual(memory.calls, ['mark orders', 'produce orders'])
  })

  it('shows a secret nowhere', async () => {
    const canary = 'c4n4ry"secret'
    const text =
      '@s = {{$secret token}}\nPRODUCER p\ntopic: orders\nkey: {{s}}\ncapture: k = key\n{{json s}}\n###\nEXPECT\ntopic: orders\nwithin: 1s\nkey: {{hidden}}\nmatch: value == "{{p.key}}" && false\n###\nEXPECT {{s}}\ntopic: orders\nwithin: 1s\nkey: x{{s}}'
    const { events, told } = await run(text, {
      values: { secret: () => Promise.resolve(canary) },
      given: { hidden: { text: 'private-{{s}}', secret: true, templates: true } },
    })
    const shown = JSON.stringify(events, (_, value: unknown) =>
      typeof value === 'bigint' ? `${value}` : value instanceof Uint8Array ? '' : value,
    )
    assert.ok(!shown.includes('c4n4ry'), shown)
    assert.match(told[1] ?? '', /^failed/)
    assert.ok(shown.includes('***'))
  })

  it('asks before it writes to a protected cluster, and does not where nobody can be asked', async () => {
    const text =
      'PRODUCER\ntopic: orders\nv\n###\nTOPIC\ntopic: orders\n###\nEXPECT\ntopic: orders\nnone: true\nkey: x'
    const headless = await run(text, { protected: true })
    assert.deepEqual(headless.told, [
      'refused: "local" is protected: nobody confirmed to send 1 record to "orders".',
      'refused: "local" is protected: nobody confirmed to make sure of topic "orders".',
      'passed',
    ])
    assert.equal(headless.results[0]?.problem?.code, 'K402')
    const asked: string[] = []
    const agree = (message: string) => Promise.resolve(asked.push(message) > 0)
    const { told } = await run(text, { protected: true, ports: { agree }, options: { times: 10 } })
    assert.deepEqual(told, ['passed', 'passed', 'passed'])
    assert.equal(asked[0], '"local" is protected. Confirm to send 10 records to "orders".')
  })

  it('is stopped by who does not want what it asks about, and sends nothing', async () => {
    const agree = () => Promise.resolve(false)
    const text = 'PRODUCER\ntopic: orders\nv\n###\nTOPIC\ntopic: orders'
    const asked = await run(text, { protected: true, ports: { agree } })
    assert.deepEqual(asked.told, ['stopped: Not sent: cancelled.', 'stopped: Not run: cancelled.'])
    const prompt = () => Promise.reject(new ProblemError({ code: CANCELLED, message: 'No.' }))
    const prompted = await run(
      `PRODUCER\ntopic: orders\nv\n###\n${text.replace('v', '{{$prompt A}}')}`,
      { values: { prompt } },
    )
    assert.deepEqual(prompted.told, [
      'stopped: The run was stopped before this block.',
      'stopped: Not sent: cancelled.',
      'stopped: The run was stopped before this block.',
    ])
    assert.deepEqual(prompted.memory.calls, [])
  })

  it('shares a transaction over blocks, and commits before another block', async () => {
    const producer = (id: string, value = 'v') =>
      `PRODUCER\ntopic: orders\ntransactional-id: ${id}\nkey: k\n${value}\n###\n`
    const expect = 'EXPECT\ntopic: orders\nkey: k\ncount: 2\n###\n'
    const { told, memory } = await run(
      `${producer('t')}${producer('{{x}}')}${expect}${producer('u')}@x = t`,
    )
    assert.deepEqual(told, ['passed', 'passed', 'passed', 'passed'])
    assert.deepEqual(memory.calls, [
      'mark orders',
      'begin t',
      'produce orders in t',
      'produce orders in t',
      'commit t',
      'begin u',
      'produce orders in u',
      'commit u',
    ])
    const first = producer('t').replace('PRODUCER', 'PRODUCER first')
    const none = 'EXPECT\ntopic: orders\nwithin: 1s\nkey: k\nnone: true'
    const broken = await run(
      `${first}${producer('t', '{{first.value.nope}}')}${producer('t')}${none}`,
    )
    assert.deepEqual(broken.told, [
      'passed',
      'refused: "{{first.value.nope}}" is not defined: it has no such field.',
      'failed: Transaction "t" was aborted when a block before did not pass: nothing more is sent in it.',
      'passed',
    ])
  })

  it('goes on where a block fails, and ends there where it is told to', async () => {
    const text = 'EXPECT\ntopic: orders\nwithin: 1s\nkey: a\n###\nPRODUCER\ntopic: orders\nv'
    assert.deepEqual((await run(text)).told, ['failed: no matching record within 1s', 'passed'])
    const bailed = await run(text, { options: { bail: true } })
    assert.deepEqual(bailed.told, [
      'failed: no matching record within 1s',
      'skipped: An earlier block did not pass.',
    ])
  })

  it('leaves out what it is told to, and does not need what stands there', async () => {
    const text = 'PRODUCER a\ntopic: orders\n{{$secret x}}\n###\nPRODUCER b\ntopic: orders\nv'
    const { told } = await run(text, {
      options: { leftOut: ({ index }) => (index === 0 ? 'Not now.' : undefined) },
    })
    assert.deepEqual(told, ['skipped: Not now.', 'passed'])
  })

  it('waits where it is told to, and goes to the cluster that is named', async () => {
    const text =
      '-- @cluster other\nPRODUCER\n-- @delay 2s\ntopic: orders\n{{$cluster}}\n###\nPRODUCER\n-- @cluster away\ntopic: orders\nv'
    const { told, memory, events } = await run(text)
    assert.deepEqual(told, ['passed', 'failed: It is away.'])
    assert.equal(
      new TextDecoder().decode(memory.logs.get('orders')?.[0]?.[0]?.value ?? undefined),
      'other',
    )
    const waited = events.find(
      event => event.kind === 'block-progress' && event.progress.kind === 'waiting',
    )
    assert.ok(waited)
  })

  it('is stopped in the middle, and says what was not run', async () => {
    const stop = new AbortController()
    const memory = memoryCluster({ orders: 1 })
    memory.react = () => stop.abort()
    const text =
      'PRODUCER\ntopic: orders\nv\n###\nEXPECT\ntopic: orders\nkey: x\n###\nPRODUCER\ntopic: orders\nv'
    const { told, events } = await run(text, { memory, options: { signal: stop.signal } })
    assert.deepEqual(told.slice(1), [
      'stopped: The run was stopped before this block.',
      'stopped: The run was stopped before this block.',
    ])
    const end = events.at(-1)
    assert.equal(end?.kind === 'run-ended' && end.summary.interrupted, true)
  })

  it('reads with a CONSUMER that has an end, and writes what was found', async () => {
    const memory = memoryCluster({ orders: 1 })
    for (const id of [1, 2, 3])
      memory.append('orders', { key: utf8.encode(`k${id}`), value: utf8.encode(`{"id":${id}}`) })
    const consumer = (more: string) => `CONSUMER\ntopic: orders\nfrom: earliest\n${more}`
    const csv = await run(
      consumer(
        'to: latest\nfilter: value.id >= 2\nselect: offset, value.id as id\noutput: csv\noutput-to: file(./out.csv)\ncapture: last = value.id',
      ),
      { memory },
    )
    assert.deepEqual(csv.told, ['passed'])
    assert.equal(csv.files.get('./out.csv'), 'offset,id\r\n1,2\r\n2,3\r\n')
    assert.deepEqual(csv.results[0]?.captures, [['last', '3']])
    const [consumed] = csv.results
    assert.deepEqual(consumed.details, {
      kind: 'consumed',
      topic: 'orders',
      read: 3,
      matched: 2,
      output: './out.csv',
    })
    const outputs: readonly (readonly [string, string])[] = [
      [
        'limit: 1\noutput: jsonl',
        '{"topic":"orders","partition":0,"offset":0,"timestamp":1000,"key":"k1","value":{"id":1},"headers":[]}\n',
      ],
      ['limit: 2\noutput: json\nselect: key', '[\n{"key":"k1"},\n{"key":"k2"}\n]\n'],
      ['idle-timeout: 5s\noutput: raw', '{"id":1}\n{"id":2}\n{"id":3}\n'],
      [
        'limit: 1',
        'partition       offset time                     key                  value\n'.replace(
          'partition       offset',
          'partition offset      ',
        ) + '0         0            1970-01-01T00:00:01.000Z k1                   {"id":1}\n',
      ],
    ]
    for (const [more, expected] of outputs) {
      const { events, told } = await run(consumer(more), { memory })
      const output = events.flatMap(event =>
        event.kind === 'block-progress' && event.progress.kind === 'output'
          ? [new TextDecoder().decode(event.progress.bytes)]
          : [],
      )
      assert.deepEqual([told, output.join('')], [['passed'], expected])
    }
    assert.deepEqual((await run(consumer(''), { memory })).told, [
      'skipped: It has no end: give it "to:", "limit:" or "idle-timeout:".',
    ])
  })

  it('counts as idle from when reading began, and not for ever where it does not begin', async () => {
    const memory = memoryCluster({ orders: 1 })
    memory.append('orders', { value: utf8.encode('{"id":1}') })
    const clock = patientClock(0)
    const read = (begins: boolean): MemoryCluster => ({
      ...memory,
      cluster: {
        ...memory.cluster,
        async *read(request, { signal }) {
          await clock.sleep(begins ? 20_000 : 1e9, signal).catch(() => undefined)
          if (!signal.aborted) yield* memory.cluster.read(request, { signal })
        },
      },
    })
    const text = 'CONSUMER\ntopic: orders\nidle-timeout: 1s\noutput: raw'
    const late = await run(text, { memory: read(true), ports: { clock } })
    assert.deepEqual(late.told, ['passed'])
    assert.deepEqual(late.results[0]?.details, {
      kind: 'consumed',
      topic: 'orders',
      read: 1,
      matched: 1,
    })
    const never = await run(text, { memory: read(false), ports: { clock } })
    assert.deepEqual(never.told, ['failed: Reading did not begin within a minute.'])
  })

  it('gives a block the values and the cluster of its own environment', async () => {
    const text = '-- @env prod\nPRODUCER\ntopic: orders\n{{tenant}} {{$cluster}}'
    const given = new Map([['tenant', { text: 'acme', secret: false, source: 'test' }]])
    const environment = (name: string) =>
      name === 'prod'
        ? Promise.resolve({ given, cluster: 'production' })
        : Promise.reject(new ProblemError({ code: 'x', message: `No ${name}.` }))
    const { told, memory } = await run(text, { ports: { environment } })
    assert.deepEqual(told, ['passed'])
    const [record] = memory.logs.get('orders')?.[0] ?? []
    assert.equal(new TextDecoder().decode(record?.value ?? undefined), 'acme production')
    const beside = `${text}\n###\nPRODUCER\n-- @env none\ntopic: orders\n{{tenant}}`
    const none = (name: string) =>
      name === 'none' ? Promise.resolve({ given: new Map() }) : environment(name)
    const without = await run(beside, { ports: { environment: none } })
    assert.match(without.told.join(), /^skipped.*,refused: "\{\{tenant\}\}" is not defined/)
    const other = await run(text.replace('prod', 'test'), { ports: { environment } })
    assert.deepEqual(other.told, ['refused: No test.'])
  })

  it('joins the group of a CONSUMER, and says when it does not', async () => {
    const memory = memoryCluster({ orders: 1 })
    const records = [1, 2, 3].map(id =>
      memory.append('orders', { value: utf8.encode(`{"id":${id}}`) }),
    )
    let counted: readonly unknown[] = []
    const joined = {
      ...memory,
      cluster: {
        ...memory.cluster,
        async *join(request: JoinRequest) {
          await Promise.resolve()
          counted = [request.limit, ...records.map(record => request.counts?.(record))]
          yield { kind: 'joined', memberId: 'm', partitions: [0] } as const
          yield { kind: 'records', records } as const
        },
      },
    }
    const text = 'CONSUMER g\ntopic: orders\nlimit: 3\nfilter: value.id > 1\noutput: raw'
    const { results, events } = await run(text, { memory: joined })
    const output = events.flatMap(event =>
      event.kind === 'block-progress' && event.progress.kind === 'output'
        ? [new TextDecoder().decode(event.progress.bytes)]
        : [],
    )
    assert.deepEqual(results[0]?.details, {
      kind: 'consumed',
      topic: 'orders',
      read: 3,
      matched: 2,
    })
    assert.equal(output.join(''), '{"id":2}\n{"id":3}\n')
    assert.deepEqual(counted, [3, false, true, true])
    memory.groups.set('g', { group: groupOf('g', { memberIds: ['other'] }), offsets: [] })
    const browsed = await run(text.replace('limit: 3', 'from: earliest\nto: latest'), { memory })
    assert.match(browsed.results[0]?.notice ?? '', /^Group "g" has 1 active member\. Reading from/)
  })

  it('tells no offset where nobody told it', async () => {
    const text = 'PRODUCER a\ntopic: orders\nacks: 0\ncapture: at = offset\nv'
    const memory = memoryCluster({ orders: 1 })
    const cluster = { ...memory.cluster, produce: () => Promise.resolve([{ partition: 0 }]) }
    const { told } = await run(text, { memory: { ...memory, cluster } })
    assert.deepEqual(told, [
      'failed: "at" cannot be captured from "offset": The record has no offset.',
    ])
  })

  it('has a cluster get ready for what is read, before the first block', async () => {
    const memory = memoryCluster({ orders: 2, prices: 2 })
    const cluster = {
      ...memory.cluster,
      warmUp: (topics: readonly string[]) => void memory.calls.push(`warm up ${topics.join()}`),
    }
    const ports = {
      cluster: () =>
        Promise.resolve({ name: 'local', cluster, protected: false, disposable: false }),
    }
    const expect = (topic: string) => `EXPECT\ntopic: ${topic}\nwithin: 1ms\n###\n`
    const producer = 'PRODUCER a\ntopic: orders\nv\n###\n'
    await run(`@t = prices\n${producer}${expect('orders')}${expect('{{t}}')}`, { memory, ports })
    assert.deepEqual(memory.calls.slice(0, 2), ['warm up orders,prices', 'mark orders'])
    memory.calls.length = 0
    await run(`${producer}EXPECT GROUP g\ntopic: orders\nwithin: 1ms\n`, { memory, ports })
    assert.deepEqual(memory.calls, ['produce orders'])
  })

  it('measures the latency of a record that waits for its EXPECT', async () => {
    const memory = memoryCluster({ orders: 1 })
    const expect = (more: string) => `###\nEXPECT\ntopic: orders\n${more}\n`
    const slow = expect('within: 8s\nnone: true\nkey: never')
    const text = `PRODUCER\ntopic: orders\nkey: k\nv\n${slow}${expect('key: k\nassert: latency < 2000')}`
    const { told } = await run(text, { memory })
    assert.deepEqual(told, ['passed', 'passed', 'passed'])
  })

  it('waits for a group', async () => {
    const { told, results } = await run(
      'EXPECT GROUP g\ntopic: orders\nwithin: 1s\nassert: lag == 0',
    )
    assert.deepEqual(told, ['failed: not so within 1s: lag == 0'])
    assert.deepEqual(results[0]?.details, { kind: 'group', group: 'g' })
  })

  it('uses what DEFAULTS say', async () => {
    const { told, memory } = await run(
      'DEFAULTS\ntopic: orders\nwithin: 1s\n###\nPRODUCER\nkey: k\nv\n###\nEXPECT\nkey: k',
    )
    assert.deepEqual(told, ['passed', 'passed'])
    assert.deepEqual(memory.calls, ['mark orders', 'produce orders'])
  })

  it('throws for nothing', async () => {
    const broken = memoryCluster({})
    const cluster = new Proxy(broken.cluster, {
      get: () => () => {
        throw new TypeError('broken')
      },
    })
    const text =
      'PRODUCER\ntopic: a\nv\n###\nEXPECT\ntopic: a\nkey: x\n###\nTOPIC\ntopic: a\n###\nCONSUMER\ntopic: a\nlimit: 1'
    const { told } = await run(text, { memory: { ...broken, cluster } })
    assert.deepEqual(
      told.map(text => text.split(':')[0]),
      ['failed', 'failed', 'failed', 'failed'],
    )
  })

  it('runs a file that has no error', () => {
    assert.deepEqual(
      check(parse(ROUND_TRIP).file).filter(({ severity }) => severity === 'error'),
      [],
    )
  })
})

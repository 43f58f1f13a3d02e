import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { BadOptions } from '../../src/cli/badOptions.ts'
import { connectionConfig, type ConnectionValues } from '../../src/cli/connectionOptions.ts'
import { peekOptions } from '../../src/cli/peekOptions.ts'
import { runMain } from './run.ts'

const NOW = Date.UTC(2026, 0, 31, 10)

function optionsOf(...args: string[]) {
  const options = peekOptions(['orders', ...args], {
    now: NOW,
    toLocalEpoch: (year, month, day, hour, minute, second, ms) =>
      Date.UTC(year, month - 1, day, hour, minute, second, ms),
  })
  assert.ok(options)
  return options
}

function refusal(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (error instanceof BadOptions) return error.message
    throw error
  }
  return assert.fail('nothing was refused')
}

describe('kafkafile peek, options', () => {
  it('reads everything there is without any', () => {
    const { topic, from, to, isolation, filter, limit, output, formats } = optionsOf()
    assert.deepEqual(
      { topic, from, to, isolation, filter, limit, output },
      {
        topic: 'orders',
        from: { all: { kind: 'earliest' } },
        to: { all: { kind: 'latest' } },
        isolation: 'read_committed',
        filter: undefined,
        limit: undefined,
        output: undefined,
      },
    )
    assert.deepEqual(
      [formats.key.name, formats.value.name, formats.header.name],
      Array(3).fill('auto'),
    )
  })

  const places: readonly (readonly [args: readonly string[], from: unknown, to: unknown])[] = [
    [['--follow'], { kind: 'latest' }, undefined],
    [['--from', '-20'], { kind: 'tail', count: 20 }, { kind: 'latest' }],
    [['--from=-20', '--follow'], { kind: 'tail', count: 20 }, undefined],
    [['--from', 'tail(5)', '--to', '-2'], { kind: 'tail', count: 5 }, { kind: 'tail', count: 2 }],
    [['--from', '12', '--to', 'now'], { kind: 'offset', offset: 12n }, { kind: 'latest' }],
    [
      ['--from', 'now-2h', '--to', 'now-1h'],
      { kind: 'time', timestamp: NOW - 7_200_000 },
      { kind: 'time', timestamp: NOW - 3_600_000 },
    ],
    [['--from', '2026-01-31T10:00Z'], { kind: 'time', timestamp: NOW }, { kind: 'latest' }],
    [
      ['--from', 'committed', '--group', 'g'],
      { kind: 'committed', group: 'g' },
      { kind: 'latest' },
    ],
  ]
  for (const [args, from, to] of places) {
    it(args.join(' '), () => {
      const options = optionsOf(...args)
      assert.deepEqual(options.from.all, from)
      assert.deepEqual(options.to?.all, to)
    })
  }

  it('takes positions by partition', () => {
    const { from } = optionsOf('--from', '0:1500,1:-20,*:latest')
    assert.deepEqual(from.all, { kind: 'latest' })
    assert.deepEqual(
      [...(from.byPartition ?? [])],
      [
        [0, { kind: 'offset', offset: 1500n }],
        [1, { kind: 'tail', count: 20 }],
      ],
    )
  })

  it('takes filters, texts, formats and a limit', () => {
    const options = optionsOf(
      '--filter',
      'value.a == 1',
      '--filter',
      'size > 2',
      '--text',
      'Ab',
      '--limit',
      '3',
      '--value-format',
      'string(latin1)',
      '--output',
      'csv',
      '--partitions',
      '0-2,5',
      '--isolation',
      'read_uncommitted',
    )
    assert.deepEqual(options.filter?.expressions, ['value.a == 1', 'size > 2'])
    assert.deepEqual(options.filter.text, { text: 'Ab', ignoreCase: true })
    assert.equal(options.limit, 3)
    assert.deepEqual(options.formats.value, { name: 'string', parameters: ['latin1'] })
    assert.equal(options.output, 'csv')
    assert.deepEqual(options.partitions, [
      { from: 0, to: 2 },
      { from: 5, to: 5 },
    ])
    assert.equal(options.isolation, 'read_uncommitted')
    assert.deepEqual(optionsOf('--text', '"Ab"').filter?.text, { text: 'Ab', ignoreCase: false })
  })

  const refused: readonly (readonly [args: readonly string[], message: string])[] = [
    [
      ['--from', '10abc'],
      '--from: "10abc" is not a start position. Use earliest, latest, committed, an offset, -N, tail(N), a date, now-15m, or 0:10,1:20.',
    ],
    [
      ['--to', 'soon'],
      '--to: "soon" is not an end position. Use latest, an offset, -N, tail(N), a date, now, now-15m, or 0:10,1:20.',
    ],
    [['--from', 'committed'], '--from committed needs --group.'],
    [['--follow', '--to', 'now'], '--follow has no end: leave out --to.'],
    [['--limit', '0'], '--limit: "0" is not a number of records.'],
    [
      ['--partitions', '3-1'],
      '--partitions: "3-1" is not a range of partitions. Use 0, 0-3 or 0-3,7.',
    ],
    [['--output', 'xml'], '--output: "xml" is not one of jsonl, table, csv, raw.'],
    [
      ['--isolation', 'none'],
      '--isolation: "none" is not one of read_committed, read_uncommitted.',
    ],
    [
      ['--value-format', 'String'],
      '--value-format: Unknown format "String". Did you mean "string"?',
    ],
    [
      ['--value-format', 'avro'],
      '--value-format: the format "avro" comes in a later version of Kafka Workbench.',
    ],
    [['--filter', 'value.x = 1'], '--filter: Compare with "==".\n  value.x = 1\n          ^'],
    [['--text', ''], '--text is empty.'],
    [['other'], 'One topic at a time: "other" is too much.'],
    [
      ['--frm', '1'],
      "Unknown option '--frm'. To specify a positional argument starting with a '-', place it at the end of the command after '--', as in '-- \"--frm\"",
    ],
  ]
  for (const [args, message] of refused) {
    it(`refuses ${args.join(' ')}`, () =>
      assert.equal(
        refusal(() => optionsOf(...args)),
        message,
      ))
  }

  it('refuses no topic, and what is no name of one', () => {
    const time = { now: NOW, toLocalEpoch: () => 0 }
    assert.equal(
      refusal(() => peekOptions([], time)),
      'Which topic?',
    )
    assert.match(
      refusal(() => peekOptions(['a b'], time)),
      /is not a topic name/,
    )
  })
})

describe('kafkafile peek, connection', () => {
  let folder = ''
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kafkafile-'))
    await writeFile(path.join(folder, 'ca.pem'), '-----BEGIN CERTIFICATE-----\nx\n')
    await writeFile(path.join(folder, 'key.pem'), '-----BEGIN PRIVATE KEY-----\nx\n')
    await writeFile(path.join(folder, 'secrets'), '# mine\nKAFKA_PASSWORD=from file\n')
  })
  after(() => rm(folder, { recursive: true, force: true }))

  const brokers = ['a:9092,b:9093', '[::1]:9094']
  const configOf = (values: ConnectionValues, environment: Record<string, string> = {}) =>
    connectionConfig({ brokers, ...values }, { folder, environment })

  it('is plaintext by itself', async () => {
    assert.deepEqual(await configOf({}), {
      clientId: 'kafkafile',
      bootstrapServers: ['a:9092', 'b:9093', '[::1]:9094'],
    })
  })

  it('encrypts where a user logs in, unless it is told not to', async () => {
    const environment = { KAFKA_PASSWORD: 'secret' }
    const encrypted = await configOf({ username: 'ann' }, environment)
    assert.deepEqual(encrypted.tls, {})
    assert.deepEqual(encrypted.sasl, { mechanism: 'PLAIN', username: 'ann', password: 'secret' })
    const plain = await configOf(
      { username: 'ann', security: 'SASL_PLAINTEXT', mechanism: 'scram-sha-512' },
      environment,
    )
    assert.equal(plain.tls, undefined)
    assert.equal(plain.sasl?.mechanism, 'SCRAM-SHA-512')
  })

  it('takes secrets from a file', async () => {
    const { sasl } = await configOf({ username: 'ann', 'secrets-file': 'secrets' })
    assert.equal(sasl?.password, 'from file')
  })

  it('takes certificates', async () => {
    const { tls } = await configOf(
      { ca: 'ca.pem', cert: 'ca.pem', key: 'key.pem' },
      { KAFKA_KEY_PASSPHRASE: 'p' },
    )
    assert.equal(tls?.passphrase, 'p')
    assert.match(tls.ca ?? '', /CERTIFICATE/)
    assert.match(tls.key ?? '', /PRIVATE KEY/)
  })

  const refused: readonly (readonly [values: ConnectionValues, message: string | RegExp])[] = [
    [{ brokers: [] }, '--brokers is missing: --brokers host:port.'],
    [
      { brokers: ['localhost'] },
      '"localhost" in --brokers is not host:port, as in localhost:9092.',
    ],
    [{ brokers: ['a:99999'] }, '"a:99999" in --brokers is not host:port, as in localhost:9092.'],
    [{ username: 'ann' }, /password in the environment variable KAFKA_PASSWORD/],
    [{ security: 'sasl-ssl' }, 'Logging in needs --username.'],
    [{ security: 'tls' }, '--security is one of plaintext, ssl, sasl-plaintext, sasl-ssl.'],
    [{ security: 'plaintext', ca: 'ca.pem' }, '--ca, --cert and --key need --security ssl.'],
    [{ security: 'ssl', username: 'a' }, '--username needs --security sasl-ssl.'],
    [{ mechanism: 'X' }, '--mechanism is one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512.'],
    [{ ca: 'none.pem' }, '--ca: none.pem: there is no such file.'],
    [{ ca: 'key.pem' }, '--ca: key.pem is no PEM file with a line "-----BEGIN CERTIFICATE-----".'],
    [{ cert: 'ca.pem' }, '--cert and --key go together.'],
  ]
  for (const [values, message] of refused) {
    it(`refuses ${JSON.stringify(values)}`, async () => {
      const config = configOf(values)
      await assert.rejects(config, (error: unknown) => {
        assert.ok(error instanceof BadOptions)
        if (typeof message === 'string') assert.equal(error.message, message)
        else assert.match(error.message, message)
        return true
      })
    })
  }
})

describe('kafkafile peek, without a cluster', () => {
  it('shows its help', async () => {
    const { exit, out } = await runMain(['peek', '--help'])
    assert.equal(exit, 0)
    assert.match(out, /^Usage: kafkafile peek TOPIC/)
    assert.ok(out.split('\n').every(line => line.length <= 95))
  })

  it('ends with 1 for bad options', async () => {
    const { exit, out, errors } = await runMain([
      'peek',
      'orders',
      '--from',
      'x',
      '--brokers',
      'a:1',
    ])
    assert.equal(exit, 1)
    assert.equal(out, '')
    assert.match(errors, /^kafkafile: --from: "x" is not a start position/)
  })
})

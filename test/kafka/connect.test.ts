import assert from 'node:assert/strict'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { silentLog } from '../../src/base/log.ts'
import { ProblemError, problemOf } from '../../src/base/problem.ts'
import type { ConnectionConfig, SaslMechanism, TlsConfig } from '../../src/kafka/connection.ts'
import { createCluster } from '../../src/kafkajs/cluster.ts'
import { testConnection } from '../../src/kafkajs/diagnose.ts'
import { secureBroker, type SecureBroker } from './broker.ts'

interface Way {
  readonly servers: string
  readonly tls?: TlsConfig
  readonly mechanism?: SaslMechanism
  readonly username?: string
  readonly password?: string
}

function configOf({ servers, tls, mechanism, username, password }: Way): ConnectionConfig {
  return {
    bootstrapServers: servers === '' ? [] : servers.split(','),
    clientId: 'connect-test',
    ...(tls && { tls }),
    ...(mechanism && {
      sasl: { mechanism, username: username ?? 'alice', password: password ?? '' },
    }),
  }
}

describe('connecting to a broker that demands something', function () {
  this.timeout(60_000)
  let broker: SecureBroker
  const servers: Server[] = []

  before(async () => {
    broker = await secureBroker()
  })

  after(() => servers.forEach(server => server.close()))

  const alice = () => broker.passwords.alice
  const ca = () => broker.certificates.ca
  const port = (address: string) => address.split(':')[1] ?? ''

  const WORKING: readonly (readonly [name: string, way: () => Way])[] = [
    ['plaintext', () => ({ servers: broker.plaintext })],
    ['PLAIN', () => ({ servers: broker.saslPlain, mechanism: 'PLAIN', password: alice() })],
    [
      'SCRAM-SHA-256',
      () => ({ servers: broker.saslPlain, mechanism: 'SCRAM-SHA-256', password: alice() }),
    ],
    [
      'SCRAM-SHA-512',
      () => ({ servers: broker.saslPlain, mechanism: 'SCRAM-SHA-512', password: alice() }),
    ],
    [
      'SCRAM-SHA-512 with TLS',
      () => ({
        servers: broker.saslSsl,
        tls: { ca: ca() },
        mechanism: 'SCRAM-SHA-512',
        password: alice(),
      }),
    ],
    ['TLS with a given CA', () => ({ servers: broker.ssl, tls: { ca: ca() } })],
    ['TLS without looking', () => ({ servers: broker.ssl, tls: { verify: false } })],
    [
      'TLS to an address that is not in the certificate, by a server name that is',
      () => ({
        servers: `127.0.0.1:${port(broker.ssl)}`,
        tls: { ca: ca(), serverName: 'localhost' },
      }),
    ],
    [
      'TLS with a client certificate',
      () => {
        const { certificate, key } = broker.certificates.client
        return { servers: broker.mtls, tls: { ca: ca(), certificate, key } }
      },
    ],
    ['one of two servers being down', () => ({ servers: `localhost:9,${broker.plaintext}` })],
  ]

  for (const [name, way] of WORKING) {
    it(`works: ${name}`, async () => {
      const test = await testConnection(configOf(way()))
      assert.ok(test.ok, JSON.stringify(test))
      assert.equal(test.brokers.length, 1)
      assert.equal(test.versionHint, '4.2 or newer')
      assert.deepEqual(test.problems, [])
    })
  }

  const FAILING: readonly (readonly [
    name: string,
    way: () => Way,
    code: string,
    words: RegExp,
    advice?: RegExp,
  ])[] = [
    ['no servers', () => ({ servers: '' }), 'no-brokers', /^No bootstrap server is given\.$/],
    ['no port', () => ({ servers: 'localhost' }), 'bad-address', /^"localhost" is not/],
    [
      'port closed',
      () => ({ servers: 'localhost:9' }),
      'refused',
      /Nothing listens at localhost:9/,
    ],
    [
      'unknown host',
      () => ({ servers: 'no-such-host.invalid:9092' }),
      'unknown-host',
      /The host of no-such-host\.invalid:9092 is not known/,
    ],
    [
      'PLAIN, wrong password',
      () => ({ servers: broker.saslPlain, mechanism: 'PLAIN', password: 'no' }),
      'wrong-password',
      /refuses user alice with this password by PLAIN/,
    ],
    [
      'PLAIN, empty password',
      () => ({ servers: broker.saslPlain, mechanism: 'PLAIN', password: '' }),
      'wrong-password',
      /refuses user alice/,
    ],
    [
      'SCRAM, wrong password',
      () => ({ servers: broker.saslPlain, mechanism: 'SCRAM-SHA-256', password: 'no' }),
      'wrong-password',
      /refuses user alice with this password by SCRAM-SHA-256/,
    ],
    ...(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const).map(
      mechanism =>
        [
          `${mechanism}, unknown user`,
          () => ({ servers: broker.saslPlain, mechanism, username: 'nobody', password: alice() }),
          'wrong-password',
          new RegExp(`refuses user nobody with this password by ${mechanism}`),
          /whether the user exists/,
        ] as const,
    ),
    [
      'SCRAM, credential for the other hash only',
      () => ({
        servers: broker.saslPlain,
        mechanism: 'SCRAM-SHA-256',
        username: 'carol',
        password: broker.passwords.carol,
      }),
      'wrong-password',
      /refuses user carol/,
      /whether the user exists for this mechanism/,
    ],
    [
      'SCRAM, no user',
      () => ({
        servers: broker.saslPlain,
        mechanism: 'SCRAM-SHA-256',
        username: '',
        password: 'x',
      }),
      'wrong-password',
      /refuses/,
    ],
    [
      'mechanism not offered',
      () => ({
        servers: broker.saslSsl,
        tls: { ca: ca() },
        mechanism: 'PLAIN',
        password: alice(),
      }),
      'wrong-mechanism',
      /does not offer the SASL mechanism PLAIN/,
      /^Choose one that it offers: SCRAM-SHA-512\.$/,
    ],
    [
      'no login at a port that wants one',
      () => ({ servers: broker.saslPlain }),
      'sasl-needed',
      /wants a login/,
      /PLAIN, SCRAM-SHA-256, SCRAM-SHA-512|SCRAM/,
    ],
    [
      'no login at a TLS port that wants one',
      () => ({ servers: broker.saslSsl, tls: { ca: ca() } }),
      'sasl-needed',
      /wants a login/,
      /SCRAM-SHA-512/,
    ],
    [
      'login at a port that takes none',
      () => ({ servers: broker.plaintext, mechanism: 'PLAIN', password: alice() }),
      'sasl-not-wanted',
      /does not take a login/,
      /Turn SASL off/,
    ],
    [
      'no TLS at a TLS port',
      () => ({ servers: broker.ssl }),
      'tls-needed',
      /speaks TLS only/,
      /Turn TLS on/,
    ],
    [
      'no TLS at a TLS port, with a login',
      () => ({ servers: broker.saslSsl, mechanism: 'SCRAM-SHA-512', password: alice() }),
      'tls-needed',
      /speaks TLS only/,
    ],
    [
      'TLS at a plaintext port',
      () => ({ servers: broker.plaintext, tls: { ca: ca() } }),
      'tls-not-spoken',
      /does not speak TLS/,
      /Turn TLS off/,
    ],
    [
      'CA not given',
      () => ({ servers: broker.ssl, tls: {} }),
      'tls-not-trusted',
      /signed by an authority that is not trusted/,
      /Give the CA certificate/,
    ],
    [
      'wrong CA',
      () => ({ servers: broker.ssl, tls: { ca: broker.certificates.otherCa } }),
      'tls-not-trusted',
      /signed by an authority that is not trusted/,
    ],
    [
      'CA that is no certificate',
      () => ({ servers: broker.ssl, tls: { ca: 'hello' } }),
      'bad-certificate',
      /The CA certificate cannot be read/,
    ],
    [
      'address not in the certificate',
      () => ({ servers: `127.0.0.1:${port(broker.ssl)}`, tls: { ca: ca() } }),
      'tls-wrong-host',
      /was made for another name/,
    ],
    [
      'server name not in the certificate',
      () => ({ servers: broker.ssl, tls: { ca: ca(), serverName: 'other.example' } }),
      'tls-wrong-host',
      /was made for another name/,
    ],
    [
      'client certificate missing',
      () => ({ servers: broker.mtls, tls: { ca: ca() } }),
      'client-certificate-needed',
      /asks for a client certificate/,
    ],
    [
      'client certificate of a stranger',
      () => {
        const { certificate, key } = broker.certificates.stranger
        return { servers: broker.mtls, tls: { ca: ca(), certificate, key } }
      },
      'client-certificate-refused',
      /does not accept the client certificate/,
    ],
    [
      'key of another certificate',
      () => {
        const { client, stranger } = broker.certificates
        return {
          servers: broker.mtls,
          tls: { ca: ca(), certificate: client.certificate, key: stranger.key },
        }
      },
      'key-mismatch',
      /private key does not belong/,
    ],
    [
      'key that is none',
      () => {
        const { certificate } = broker.certificates.client
        return { servers: broker.mtls, tls: { ca: ca(), certificate, key: 'hello' } }
      },
      'bad-key',
      /private key cannot be read/,
    ],
    [
      'advertised address that nobody reaches',
      () => ({ servers: broker.badAdvertised }),
      'advertised-unreachable',
      /^Broker 1 advertises 10\.255\.255\.1:\d+, which cannot be used\./,
      /advertised\.listeners/,
    ],
    [
      'something that is not Kafka',
      () => ({ servers: `127.0.0.1:${portOf(servers[0])}` }),
      'not-kafka',
      /does not speak Kafka/,
    ],
  ]

  before(async () => {
    const http = createServer(socket =>
      socket.on('data', () => socket.end('HTTP/1.1 400 Bad\r\n\r\n')),
    )
    await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
    servers.push(http)
  })

  for (const [name, way, code, words, advice] of FAILING) {
    it(`says what is wrong: ${name}`, async () => {
      const test = await testConnection(configOf(way()))
      assert.ok(!test.ok, 'connected')
      assert.equal(test.problem.code, code, JSON.stringify(test.problem))
      assert.match(test.problem.message, words)
      if (advice) assert.match(test.problem.advice ?? '', advice)
      assert.match(test.problem.message, /\.$/)
      assert.doesNotMatch(JSON.stringify(test), /alice-secret|carol-secret/)
    })
  }

  for (const tls of [undefined, { verify: false }]) {
    it(`says that a server stays silent${tls ? ' instead of speaking TLS' : ''}`, async () => {
      const silent = createServer(socket => socket.on('error', () => undefined).resume())
      await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
      servers.push(silent)
      const way = { servers: `127.0.0.1:${portOf(silent)}`, ...(tls && { tls }) }
      const test = await testConnection(configOf(way), { connectTimeout: 300 })
      assert.ok(!test.ok)
      assert.equal(test.problem.code, 'no-answer')
    })
  }

  it("knows a controller's port", async () => {
    const config = configOf({ servers: broker.plaintext })
    const reader = () => assert.fail('nobody reads')
    const cluster = await createCluster(config, { log: silentLog, reader })
    try {
      const configs = await cluster.brokerConfigs(1)
      assert.ok(!('code' in configs))
      const voters = configs.find(({ name }) => name === 'controller.quorum.voters')?.value ?? ''
      const test = await testConnection(configOf({ servers: voters.split('@')[1] ?? '' }))
      assert.ok(!test.ok)
      assert.equal(test.problem.code, 'controller-port')
    } finally {
      await cluster.close()
    }
  })

  it('rejects with the signal when it aborts', async () => {
    const silent = createServer()
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
    servers.push(silent)
    const abort = new AbortController()
    const test = testConnection(configOf({ servers: `127.0.0.1:${portOf(silent)}` }), {
      signal: abort.signal,
    })
    abort.abort(new Error('enough'))
    await assert.rejects(test, /enough/)
  })

  it('gives a cluster that says the same when it cannot be made', async () => {
    const config = configOf({ servers: broker.ssl })
    const reader = () => assert.fail('nobody reads')
    await assert.rejects(createCluster(config, { log: silentLog, reader }), (error: unknown) => {
      assert.ok(error instanceof ProblemError)
      assert.equal(error.problem.code, 'tls-needed')
      return true
    })
  })

  it('lets a member join with TLS and a login', async () => {
    const config = configOf({
      servers: broker.saslSsl,
      tls: { ca: ca() },
      mechanism: 'SCRAM-SHA-512',
      password: alice(),
    })
    const reader = () => assert.fail('nobody reads')
    const cluster = await createCluster(config, { log: silentLog, reader })
    try {
      await cluster.createTopics([{ name: 'letters', partitions: 1 }])
      const record = { key: null, value: Buffer.from('hello'), headers: [] }
      const [written] = await cluster.produce({ topic: 'letters', records: [record] })
      assert.equal(written?.offset, 0n)
      const abort = new AbortController()
      const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(20_000)])
      const values: string[] = []
      const request = { groupId: 'readers', topic: 'letters', fallback: 'earliest' } as const
      for await (const update of cluster.join(request, { signal })) {
        if (update.kind !== 'records') continue
        values.push(...update.records.map(({ value }) => String(value)))
        abort.abort()
      }
      assert.deepEqual(values, ['hello'])
    } finally {
      await cluster.close()
    }
  })

  it('tells what a user without rights may not do, item by item', async () => {
    const config = configOf({
      servers: broker.saslPlain,
      mechanism: 'PLAIN',
      username: 'bob',
      password: broker.passwords.bob,
    })
    const reader = () => assert.fail('nobody reads')
    const cluster = await createCluster(config, { log: silentLog, reader })
    try {
      assert.deepEqual(await cluster.listTopics(), [])
      assert.deepEqual(await cluster.listGroups(), { groups: [], problems: [] })
      const description = await cluster.describe()
      assert.equal(description.brokers.length, 1)
      assert.equal(description.autoCreateTopics, undefined)
      await assert.rejects(cluster.quorum(), (error: unknown) => {
        assert.equal(problemOf(error).code, 'CLUSTER_AUTHORIZATION_FAILED')
        return true
      })
      const [topic] = await cluster.describeTopics(['secret'])
      assert.equal(topic?.problem?.code, 'TOPIC_AUTHORIZATION_FAILED')
      const configs = (await cluster.topicConfigs(['secret'])).get('secret')
      assert.ok(configs && 'code' in configs)
      assert.equal(configs.code, 'TOPIC_AUTHORIZATION_FAILED')
      const ofBroker = await cluster.brokerConfigs(1)
      assert.ok('code' in ofBroker)
      assert.equal(ofBroker.code, 'CLUSTER_AUTHORIZATION_FAILED')
      const [directory] = await cluster.logDirectories(undefined)
      assert.equal(directory?.problem?.code, 'CLUSTER_AUTHORIZATION_FAILED')
      const [commits] = await cluster.committedOffsets(['secret'])
      assert.equal(commits?.problem?.code, 'GROUP_AUTHORIZATION_FAILED')
      const [group] = await cluster.describeGroups([{ groupId: 'secret', type: 'unknown' }])
      assert.equal(group?.problem?.code, 'GROUP_AUTHORIZATION_FAILED')
      const [made] = await cluster.createTopics([{ name: 'mine' }])
      assert.equal(made?.problem?.code, 'TOPIC_AUTHORIZATION_FAILED')
      const record = { key: null, value: null, headers: [] }
      const [written] = await cluster.produce({ topic: 'secret', records: [record] })
      assert.equal(written?.problem?.code, 'TOPIC_AUTHORIZATION_FAILED')
      const updates = []
      const ask = { signal: new AbortController().signal }
      const joined = cluster.join({ groupId: 'secret', topic: 'secret', fallback: 'latest' }, ask)
      for await (const update of joined) updates.push(update)
      assert.equal(updates.length, 1)
    } finally {
      await cluster.close()
    }
  })
})

function portOf(server: Server | undefined): number {
  return (server?.address() as AddressInfo | null)?.port ?? 0
}

/**
 * Real brokers for the broker suites. Each is started on first use and stopped when mocha ends;
 * those of a run that was killed are removed by the next one.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureKafkaJars } from '../../scripts/setup-kafka.ts'
import { problemOf } from '../../src/base/problem.ts'
import { startBroker, type BrokerOptions, type RunningBroker } from '../../src/local/broker.ts'
import { removeLeftovers } from '../../src/local/leftovers.ts'
import { isAlive } from '../../src/local/processes.ts'
import type { Listener } from '../../src/local/properties.ts'
import { certificates, type Certificates } from './certificates.ts'

export type { RunningBroker, RunningNode } from '../../src/local/broker.ts'

/** Named by the process that owns it, and a number. */
const parent = join(import.meta.dirname, '..', '..', '.cache', 'test-brokers')

const running = new Set<RunningBroker>()
let started = 0
let swept: Promise<void> | undefined

/** What a test may choose about a broker of its own. */
export type OwnBroker = Pick<BrokerOptions, 'nodes' | 'host' | 'listeners' | 'properties' | 'scram'>

/**
 * A broker for one suite alone, to be stopped, killed and restarted at will. The suite need not
 * stop it, but it should in an `after`: every broker takes 150 MB.
 */
export async function ownBroker(options: OwnBroker = {}, version?: string): Promise<RunningBroker> {
  const { jars, java } = await ensureKafkaJars(version)
  await (swept ??= sweep())
  const directory = join(parent, `${process.pid}-${++started}`)
  const broker = await startBroker({ ...options, jars, java, directory }).catch(explain)
  running.add(broker)
  return {
    ...broker,
    stop: async () => {
      running.delete(broker)
      await broker.stop()
    },
  }
}

/** A report of a test shows the message of an error only. */
function explain(error: unknown): never {
  const detail = problemOf(error).detail ?? ''
  throw new Error(`the broker did not start\n${detail}`, { cause: error })
}

async function sweep(): Promise<void> {
  await mkdir(parent, { recursive: true })
  await removeLeftovers(parent, folder => isAlive(parseInt(folder, 10)))
}

/** One plain node for all suites: use topics and groups of your own. */
export interface SharedBroker {
  /** `host:port` */
  readonly bootstrapServers: string
}

let shared: Promise<SharedBroker> | undefined

/** The broker at `KAFKA_WORKBENCH_TEST_BROKER` if a runner gave one, else one started here. */
export function sharedBroker(): Promise<SharedBroker> {
  const given = process.env['KAFKA_WORKBENCH_TEST_BROKER']
  shared ??= given ? Promise.resolve({ bootstrapServers: given }) : ownBroker()
  return shared
}

/**
 * Three nodes (racks `rack-1` to `rack-3`), three replicas by default, at least two in sync. For
 * one suite alone; each node can be killed, stopped and started again on the same port.
 */
export function threeNodes(version?: string): Promise<RunningBroker> {
  return ownBroker({ nodes: 3 }, version)
}

/**
 * One node that demands something on each of its ports, all reached as `localhost`. `alice` and
 * anonymous clients may do everything, and so may the certificate `client`; `bob` and `carol`
 * nothing.
 */
export interface SecureBroker {
  readonly plaintext: string
  /** SASL without TLS: PLAIN (alice, bob), SCRAM-SHA-256 (alice), SCRAM-SHA-512 (alice, carol). */
  readonly saslPlain: string
  /** SASL with TLS: SCRAM-SHA-512 only. */
  readonly saslSsl: string
  /** TLS; the certificate is for `localhost`, not for 127.0.0.1. */
  readonly ssl: string
  /** TLS that demands the client's certificate. */
  readonly mtls: string
  /** Answers, and sends clients to an address that nobody reaches. */
  readonly badAdvertised: string
  /** What `badAdvertised` advertises. */
  readonly advertisedBadly: string
  readonly passwords: Readonly<Record<'alice' | 'bob' | 'carol', string>>
  readonly certificates: Certificates
}

const PASSWORDS = { alice: 'alice-secret', bob: 'bob-secret', carol: 'carol-secret' }
const UNREACHABLE = '10.255.255.1'

let secure: Promise<SecureBroker> | undefined

/** The same one for all suites. */
export function secureBroker(): Promise<SecureBroker> {
  return (secure ??= startSecure())
}

async function startSecure(): Promise<SecureBroker> {
  const made = await certificates()
  const broker = await ownBroker({
    host: 'localhost',
    listeners: secureListeners(made),
    properties: {
      'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users': 'User:ANONYMOUS;User:alice;User:CN=client',
    },
    scram: [
      `SCRAM-SHA-256=[name=alice,password=${PASSWORDS.alice}]`,
      `SCRAM-SHA-512=[name=alice,password=${PASSWORDS.alice}]`,
      `SCRAM-SHA-512=[name=carol,iterations=8192,password=${PASSWORDS.carol}]`,
    ],
  })
  const at = (name: string) => broker.listeners[name] ?? ''
  const badPort = at('BADADV').split(':')[1] ?? ''
  return {
    plaintext: broker.bootstrapServers,
    saslPlain: at('SASLPLAIN'),
    saslSsl: at('SASLSSL'),
    ssl: at('SSL'),
    mtls: at('MTLS'),
    badAdvertised: at('BADADV'),
    advertisedBadly: `${UNREACHABLE}:${badPort}`,
    passwords: PASSWORDS,
    certificates: made,
  }
}

function secureListeners({ brokerFile, caFile }: Certificates): Listener[] {
  // PEM stores refuse a password, also one that stands in the settings of the whole broker.
  const tls = {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': brokerFile,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': caFile,
  }
  const plainLogin = 'org.apache.kafka.common.security.plain.PlainLoginModule required'
  const scramLogin = 'org.apache.kafka.common.security.scram.ScramLoginModule required;'
  return [
    {
      name: 'SASLPLAIN',
      protocol: 'SASL_PLAINTEXT',
      properties: {
        'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
        'plain.sasl.jaas.config': `${plainLogin} user_alice="${PASSWORDS.alice}" user_bob="${PASSWORDS.bob}";`,
        'scram-sha-256.sasl.jaas.config': scramLogin,
        'scram-sha-512.sasl.jaas.config': scramLogin,
      },
    },
    {
      name: 'SASLSSL',
      protocol: 'SASL_SSL',
      properties: {
        ...tls,
        'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
        'scram-sha-512.sasl.jaas.config': scramLogin,
      },
    },
    { name: 'SSL', protocol: 'SSL', properties: tls },
    { name: 'MTLS', protocol: 'SSL', properties: { ...tls, 'ssl.client.auth': 'required' } },
    { name: 'BADADV', protocol: 'PLAINTEXT', advertisedHost: UNREACHABLE },
  ]
}

/** Mocha's root hook: runs once, after the last suite, also when suites failed. */
after(async function () {
  this.timeout(30_000)
  await Promise.all([...running].map(broker => broker.stop()))
})

// A process that ends in another way (an uncaught error, `--exit`) has no time to wait.
process.on('exit', () => {
  for (const { nodes } of running) {
    for (const { pid } of nodes) if (pid !== undefined) process.kill(pid, 'SIGKILL')
  }
})

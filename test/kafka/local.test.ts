import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'
import { setTimeout as sleep } from 'node:timers/promises'
import { Kafka, logLevel } from 'kafkajs'
import { ensureKafkaJars, kafkaCache } from '../../scripts/setup-kafka.ts'
import { ProblemError } from '../../src/base/problem.ts'
import {
  attachLocalKafka,
  findLocalKafka,
  type LocalKafka,
  type LocalKafkaOptions,
} from '../../src/local/attach.ts'
import { harden } from '../../src/kafkajs/harden.ts'
import { findEngine, startContainer } from '../../src/local/container.ts'
import { freePorts } from '../../src/local/ports.ts'
import { probeMetadata } from '../../src/local/probe.ts'
import { isAlive } from '../../src/local/processes.ts'
import { claimState, readState, runsOf, stateFileOf } from '../../src/local/stateFile.ts'
import { findWay } from '../../src/local/ways.ts'
import { ownBroker, secureBroker, threeNodes } from './broker.ts'
import { eventually } from './eventually.ts'

const root = join(import.meta.dirname, '..', '..')

function ask(address: string): Promise<number> {
  const [host = '', port = ''] = address.split(':')
  return probeMetadata({ host, port: Number(port) }, AbortSignal.timeout(5000))
}

async function isGone(address: string): Promise<boolean> {
  return ask(address).then(
    () => false,
    () => true,
  )
}

describe('a local Kafka', function () {
  this.timeout(90_000)
  let stateDir = ''
  let port = 0
  const opened: LocalKafka[] = []
  const children: ChildProcess[] = []

  before(async () => {
    harden()
    await ensureKafkaJars()
  })

  beforeEach(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'kafka-workbench-'))
    port = (await freePorts(1))[0] ?? 0
  })

  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
    const left = (await findLocalKafka(options())) ?? opened.at(-1)
    await left?.stop()
    for (const kafka of opened.splice(0)) kafka.dispose()
    await rm(stateDir, { recursive: true, force: true })
  })

  function options(changes: Partial<LocalKafkaOptions> = {}): LocalKafkaOptions {
    return {
      stateDir,
      cacheDir: kafkaCache,
      supervisorEntry: join(root, 'src/local/supervisor.ts'),
      sampleEntry: join(root, 'src/sample/main.ts'),
      port,
      grace: 500,
      ...changes,
    }
  }

  async function attach(changes: Partial<LocalKafkaOptions> = {}): Promise<LocalKafka> {
    const kafka = await attachLocalKafka(options(changes))
    opened.push(kafka)
    return kafka
  }

  /** Attaches in a process of its own; resolves when it has said the address. */
  async function attachedProcess(): Promise<ChildProcess> {
    const program = join(import.meta.dirname, 'localClient.ts')
    const child = spawn(process.execPath, [program, JSON.stringify(options())], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    children.push(child)
    await once(child.stdout, 'data')
    return child
  }

  const state = () => readState(stateFileOf(stateDir))
  const brokerPids = async () => {
    const [run = ''] = await readdir(runsOf(stateDir))
    return (await readdir(join(runsOf(stateDir), run, 'pids'))).map(Number)
  }

  it('serves on the wanted port, says what it does, and is gone after stop', async () => {
    const progress: string[] = []
    const log: string[] = []
    const kafka = await attach({
      onProgress: message => progress.push(message),
      onLog: line => log.push(line),
    })
    assert.equal(kafka.bootstrapServers, `localhost:${port}`)
    assert.equal(await ask(kafka.bootstrapServers), 1)
    assert.match(progress.join('\n'), /^Starting Kafka 4\.2\.0 with Java \d+$/m)
    await eventually('a line of its log', () =>
      Promise.resolve(log.some(line => line.includes('Kafka Server started'))),
    )
    await kafka.stop()
    assert.ok(await isGone(kafka.bootstrapServers))
    assert.deepEqual(kafka.state, { kind: 'stopped' })
    assert.equal(await state(), undefined)
    assert.deepEqual(await readdir(runsOf(stateDir)), [])
  })

  it('is the same one for two that start it at the same moment, and for a third', async () => {
    const [first, second] = await Promise.all([attach(), attach()])
    const third = await findLocalKafka(options())
    assert.ok(third)
    opened.push(third)
    assert.deepEqual(
      [second.bootstrapServers, third.bootstrapServers],
      [first.bootstrapServers, first.bootstrapServers],
    )
    assert.equal((await brokerPids()).length, 1)
    await first.stop()
    await eventually('the others hear of it', () =>
      Promise.resolve(second.state.kind === 'stopped' && third.state.kind === 'stopped'),
    )
  })

  it('is not found where none runs', async () => {
    assert.equal(await findLocalKafka(options()), undefined)
  })

  it('ends after its last client was killed, not before', async () => {
    const [first, second] = [await attachedProcess(), await attachedProcess()]
    const { pid, bootstrapServers = '' } = (await state()) ?? assert.fail('no state file')
    first.kill('SIGKILL')
    // Nothing shall happen here, which only time can show.
    await sleep(1500)
    assert.equal(await ask(bootstrapServers), 1)
    second.kill('SIGKILL')
    await eventually('Kafka ends', () => isGone(bootstrapServers))
    await eventually('its supervisor ends', () => Promise.resolve(!isAlive(pid)))
    assert.equal(await state(), undefined)
  })

  it('starts though a state file names a process and a port of something else', async () => {
    const stranger = createServer(socket => {
      socket.on('error', () => undefined)
      socket.end('220 welcome\r\n{"type":"state"}\r\n')
    }).listen(0, '127.0.0.1')
    await once(stranger, 'listening')
    const stale = {
      pid: process.pid,
      port: (stranger.address() as AddressInfo).port,
      token: 'x',
      bootstrapServers: 'localhost:1',
    }
    await claimState(stateFileOf(stateDir), stale)
    assert.equal(await findLocalKafka(options()), undefined)
    const kafka = await attach()
    stranger.close()
    assert.equal(await ask(kafka.bootstrapServers), 1)
    assert.notEqual((await state())?.token, 'x')
  })

  it('tells its clients when its supervisor is killed, and leaves nothing to the next', async () => {
    const kafka = await attach()
    const { pid } = (await state()) ?? assert.fail('no state file')
    const [broker = 0] = await brokerPids()
    process.kill(pid, 'SIGKILL')
    await eventually('the client hears of it', () =>
      Promise.resolve(kafka.state.kind === 'stopped' && kafka.state.problem !== undefined),
    )
    assert.ok(isAlive(broker), 'the broker does not end with its supervisor')
    const next = await attach()
    assert.equal(next.bootstrapServers, kafka.bootstrapServers)
    await eventually('the old broker is gone', () => Promise.resolve(!isAlive(broker)))
  })

  it('tells its clients when the broker itself dies', async () => {
    const kafka = await attach()
    const [broker = 0] = await brokerPids()
    process.kill(broker, 'SIGKILL')
    const stopped = await eventually('the client hears of it', () =>
      Promise.resolve(kafka.state.kind === 'stopped' && kafka.state),
    )
    assert.equal(stopped.problem?.code, 'kafka-ended')
    assert.equal(await state(), undefined)
  })

  it('takes another port when the wanted one is taken', async () => {
    const other = createServer().listen(port, '127.0.0.1')
    await once(other, 'listening')
    const progress: string[] = []
    const kafka = await attach({ onProgress: message => progress.push(message) })
    other.close()
    assert.notEqual(kafka.bootstrapServers, `localhost:${port}`)
    assert.equal(await ask(kafka.bootstrapServers), 1)
    assert.ok(progress.includes(`Port ${port} is taken; using another`), progress.join('\n'))
  })

  it('leaves nothing when it is cancelled while it starts', async () => {
    const cancel = new AbortController()
    const reason = new Error('cancelled')
    const starting = attach({
      signal: cancel.signal,
      onProgress: message => {
        if (message.startsWith('Starting Kafka')) cancel.abort(reason)
      },
    })
    await assert.rejects(starting, reason)
    await eventually('the state file is gone', async () => (await state()) === undefined)
    await eventually(
      'the data are gone',
      async () => (await readdir(runsOf(stateDir))).length === 0,
    )
    assert.ok(await isGone(`127.0.0.1:${port}`))
  })

  it('says that its supervisor could not be started, and where to look', async () => {
    const supervisorEntry = join(stateDir, 'broken.mjs')
    await writeFile(supervisorEntry, 'throw new Error("broken on purpose")')
    await assert.rejects(attach({ supervisorEntry }), (error: ProblemError) => {
      assert.equal(error.problem.code, 'supervisor-failed')
      assert.match(error.problem.detail ?? '', /broken on purpose/)
      return true
    })
  })

  it('has sample data and groups that move at different speeds', async () => {
    const kafka = await attach({ sample: true })
    const admin = new Kafka({
      brokers: [kafka.bootstrapServers],
      logLevel: logLevel.NOTHING,
    }).admin()
    await admin.connect()
    try {
      const ends = async (topic: string) => {
        const offsets = await admin.fetchTopicOffsets(topic)
        return new Map(offsets.map(({ partition, high }) => [partition, Number(high)]))
      }
      const lagOf = async (groupId: string) => {
        const [committed] = await admin.fetchOffsets({ groupId, topics: ['orders'] })
        const logEnds = await ends('orders')
        const partitions = committed?.partitions ?? []
        assert.ok(partitions.length > 0 && partitions.every(({ offset }) => offset !== '-1'))
        return partitions.reduce(
          (sum, { partition, offset }) => sum + (logEnds.get(partition) ?? 0) - Number(offset),
          0,
        )
      }
      const total = async () => [...(await ends('orders')).values()].reduce((a, b) => a + b, 0)
      const before = await eventually('history', async () => {
        const count = await total()
        return count > 5000 && count
      })
      await eventually('billing keeps up', async () => (await lagOf('billing')) < 100)
      await eventually('audit keeps up', async () => (await lagOf('audit')) < 100)
      await eventually('shipping has fallen behind', async () => (await lagOf('shipping')) > 500)
      await eventually('new orders', async () => (await total()) > before)
      const { groups } = await admin.listGroups()
      assert.deepEqual(groups.map(({ groupId }) => groupId).sort(), [
        'audit',
        'billing',
        'shipping',
      ])
      const { topics } = await admin.fetchTopicMetadata()
      assert.deepEqual(
        topics
          .filter(({ name }) => !name.startsWith('__'))
          .map(({ name, partitions }) => `${name} ${partitions.length}`)
          .sort(),
        ['customers 1', 'orders 6', 'payments 3', 'returns 2'],
      )
      assert.ok([...(await ends('returns')).values()].every(end => end === 0))
    } finally {
      await admin.disconnect()
    }
  })
})

describe('what can run a Kafka', function () {
  this.timeout(60_000)
  let bin = ''

  beforeEach(async () => {
    bin = await mkdtemp(join(tmpdir(), 'kafka-workbench-bin-'))
  })
  afterEach(() => rm(bin, { recursive: true, force: true }))

  /** A program of that name which prints and exits. */
  async function program(name: string, output: string, code = 0) {
    const file = join(bin, name)
    await writeFile(file, `#!/bin/sh\necho '${output}' >&2\nexit ${code}\n`)
    await chmod(file, 0o755)
  }

  async function problem(env: NodeJS.ProcessEnv = {}, containers = true): Promise<string> {
    const cacheDir = join(bin, 'cache')
    const error: unknown = await findWay({ cacheDir, containers, env: { PATH: bin, ...env } }).then(
      () => assert.fail('found a way'),
      (reason: unknown) => reason,
    )
    assert.ok(error instanceof ProblemError, String(error))
    return `${error.problem.code}: ${error.message}`
  }

  before(function () {
    // The programs made here are shell scripts.
    if (process.platform === 'win32') this.skip()
  })

  it('is told to be missing: Java, and Docker and Podman', async () => {
    assert.equal(
      await problem(),
      'no-kafka: No Kafka can be started here. Java was not found. Docker was not found. ' +
        'Podman was not found. Install Java 17 or newer and Maven, or start Docker or Podman, or ' +
        'set KAFKA_HOME to an unpacked Kafka.',
    )
  })

  it('is told to be too old, and an engine not to answer', async () => {
    await program('java', 'openjdk version "11.0.2" 2019-01-15')
    await program('docker', 'Cannot connect to the Docker daemon.', 1)
    const text = await problem()
    assert.match(text, /Java 11 is too old for Kafka, which needs 17\./)
    assert.match(text, /Docker is installed, but its engine does not answer\./)
  })

  it('is told to be missing: Maven', async () => {
    await program('java', 'openjdk version "17.0.15" 2025-04-15')
    assert.match(await problem({}, false), /^no-kafka: .* Maven was not found\. Install/)
  })

  it('is told when Maven fails, with what it printed', async () => {
    await program('java', 'openjdk version "17.0.15" 2025-04-15')
    await program('mvn', 'Non-resolvable', 1)
    assert.match(await problem({}, false), /^maven-failed: Maven could not get Kafka 4\.2\.0\./)
    assert.deepEqual(await readdir(join(bin, 'cache')), [])
  })

  it('is not found where KAFKA_HOME points to nothing', async () => {
    await program('java', 'openjdk version "17.0.15" 2025-04-15')
    assert.match(
      await problem({ KAFKA_HOME: bin }),
      /^kafka-home: KAFKA_HOME is .*, where there is no/,
    )
  })

  it('is a Kafka that KAFKA_HOME names, before all others', async () => {
    await program('java', 'openjdk version "21.0.1" 2023-10-17')
    await mkdir(join(bin, 'libs'))
    await writeFile(join(bin, 'libs', 'kafka_2.13-4.1.1.jar'), '')
    const env = { PATH: bin, KAFKA_HOME: bin }
    const way = await findWay({ cacheDir: bin, containers: true, env })
    assert.deepEqual(way, {
      kind: 'java',
      java: { command: 'java', release: 21 },
      jars: { version: '4.1.1', classPath: join(bin, 'libs', '*') },
    })
  })

  it('is Docker where there is no Java', async () => {
    await program('docker', '29.0.0')
    const way = await findWay({ cacheDir: bin, containers: true, env: { PATH: bin } })
    assert.deepEqual(way, { kind: 'container', engine: 'docker', version: '4.2.0' })
  })

  it('runs one plain node by Docker or Podman', async function () {
    this.timeout(600_000)
    const found = await findEngine(process.env)
    if ('reason' in found) {
      if (this.test) this.test.title += ` (${found.reason})`
      this.skip()
    }
    const [port = 0] = await freePorts(1)
    const container = await startContainer({
      engine: found.engine,
      version: '4.2.0',
      port,
      name: `kafka-workbench-test-${process.pid}`,
      directory: bin,
      onProgress: () => undefined,
      onLine: () => undefined,
      onLost: () => undefined,
    })
    assert.equal(await ask(container.bootstrapServers), 1)
    await container.stop()
    assert.ok(await isGone(container.bootstrapServers))
  })
})

describe('brokers for the tests', function () {
  this.timeout(120_000)

  it('have three nodes, of which one can be killed and comes back on its port', async () => {
    const broker = await threeNodes()
    assert.equal(await ask(broker.nodes[2]?.address ?? ''), 3)
    const [first] = broker.nodes
    assert.ok(first)
    await first.kill()
    assert.equal(first.pid, undefined)
    assert.ok(await isGone(first.address))
    await first.start()
    assert.equal(await ask(first.address), 3)
    await broker.stop()
  })

  it('demand what their listeners say', async () => {
    const { ssl, mtls, certificates, plaintext, badAdvertised } = await secureBroker()
    assert.equal(await ask(plaintext), 1)
    assert.equal(await ask(badAdvertised), 1)
    const { ca, client, stranger, otherCa } = certificates
    const cert = ({ certificate, key }: typeof client) => ({ cert: certificate, key })
    assert.equal(await handshake(ssl, { ca }), 'ok')
    assert.equal(await handshake(ssl, { ca: otherCa }), 'SELF_SIGNED_CERT_IN_CHAIN')
    assert.equal(await handshake(mtls, { ca, ...cert(client) }), 'ok')
    assert.match(await handshake(mtls, { ca }), /CERTIFICATE/)
    assert.match(await handshake(mtls, { ca, ...cert(stranger) }), /ALERT/)
  })

  it('can be of an old version, with a ZooKeeper of its own', async () => {
    const broker = await ownBroker({}, '2.8.2')
    assert.equal(broker.version, '2.8.2')
    assert.equal(await ask(broker.bootstrapServers), 1)
    await broker.stop()
  })
})

/** `ok`, or the code of the error. TLS 1.3 reports a refused client only when one reads. */
function handshake(address: string, options: ConnectionOptions): Promise<string> {
  const [host = '', port = ''] = address.split(':')
  return new Promise(resolve => {
    const socket = connectTls({ host, port: Number(port), servername: host, ...options })
    const finish = (result: string) => {
      socket.destroy()
      resolve(result)
    }
    socket.setTimeout(1000, () => finish('ok'))
    socket.once('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message))
    socket.once('close', () => finish('closed'))
  })
}

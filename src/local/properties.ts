/** One way into a broker besides the plain listener that every node has. */
export interface Listener {
  /** As Kafka writes it: `SASLPLAIN`. */
  readonly name: string
  readonly protocol: 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL'
  /** The host that clients are sent to, if it is not the broker's. */
  readonly advertisedHost?: string
  /** Settings of this listener alone, without the `listener.name.NAME.` in front. */
  readonly properties?: Readonly<Record<string, string>>
}

/** Where one node listens. */
export interface NodePorts {
  readonly id: number
  /** Of the plain listener. */
  readonly port: number
  readonly controllerPort: number
  /** Of the other listeners, in their order. */
  readonly listenerPorts: readonly number[]
}

export interface NodeSettings {
  readonly version: string
  readonly node: NodePorts
  readonly nodes: readonly NodePorts[]
  /** The name by which clients reach the broker, which listens on 127.0.0.1 only. */
  readonly host: string
  readonly listeners: readonly Listener[]
  readonly dataDirectory: string
  /** The port of ZooKeeper, for a Kafka that needs it. */
  readonly zooKeeperPort: number | undefined
  /** Added at the end: these win. */
  readonly properties: Readonly<Record<string, string>>
}

const LOOPBACK = '127.0.0.1'

/** KRaft without ZooKeeper is fit for use from 3.3 on. */
export function needsZooKeeper(version: string): boolean {
  return isOlder(version, 3, 3)
}

function isOlder(version: string, major: number, minor: number): boolean {
  const [first = 0, second = 0] = version.split('.').map(part => parseInt(part, 10))
  return first < major || (first === major && second < minor)
}

/** The `server.properties` of one node. */
export function serverProperties(settings: NodeSettings): string {
  return write({
    ...roles(settings),
    ...listeners(settings),
    ...internalTopics(settings.nodes.length),
    ...small(settings),
    ...settings.properties,
  })
}

function roles({ version, node, nodes, zooKeeperPort, dataDirectory }: NodeSettings) {
  const common = { 'log.dirs': dataDirectory, 'broker.rack': `rack-${node.id}` }
  if (zooKeeperPort !== undefined) {
    return {
      ...common,
      'broker.id': String(node.id),
      'zookeeper.connect': `${LOOPBACK}:${zooKeeperPort}`,
    }
  }
  const voters = nodes.map(({ id, controllerPort }) => `${id}@${LOOPBACK}:${controllerPort}`)
  return {
    ...common,
    'process.roles': 'broker,controller',
    'node.id': String(node.id),
    'controller.quorum.voters': voters.join(','),
    'controller.listener.names': 'CONTROLLER',
    // KIP-848 groups are on by default from 4.0 on, and can be turned on in the 3.x before it.
    ...(isOlder(version, 4, 0) && !isOlder(version, 3, 7)
      ? { 'group.coordinator.rebalance.protocols': 'classic,consumer' }
      : {}),
  }
}

function listeners({ node, host, listeners: others, zooKeeperPort }: NodeSettings) {
  const plain: Listener = { name: 'PLAINTEXT', protocol: 'PLAINTEXT' }
  const served = [plain, ...others].map((listener, index) => ({
    ...listener,
    port: (index === 0 ? node.port : node.listenerPorts[index - 1]) ?? 0,
  }))
  const bound = served.map(({ name, port }) => `${name}://${LOOPBACK}:${port}`)
  const protocols = served.map(({ name, protocol }) => `${name}:${protocol}`)
  if (zooKeeperPort === undefined) {
    bound.push(`CONTROLLER://${LOOPBACK}:${node.controllerPort}`)
    protocols.push('CONTROLLER:PLAINTEXT')
  }
  const own = served.flatMap(({ name, properties = {} }) =>
    Object.entries(properties).map(([key, value]) => [
      `listener.name.${name.toLowerCase()}.${key}`,
      value,
    ]),
  )
  return {
    listeners: bound.join(','),
    'advertised.listeners': served
      .map(({ name, port, advertisedHost = host }) => `${name}://${advertisedHost}:${port}`)
      .join(','),
    'listener.security.protocol.map': protocols.join(','),
    'inter.broker.listener.name': 'PLAINTEXT',
    ...(Object.fromEntries(own) as Record<string, string>),
  }
}

/** Kafka's own topics have three replicas unless told otherwise: too many for one node. */
function internalTopics(nodes: number) {
  const replicas = String(nodes)
  const inSync = nodes > 1 ? '2' : '1'
  return {
    'default.replication.factor': replicas,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': '3',
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'transaction.state.log.num.partitions': '3',
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': inSync,
    'share.coordinator.state.topic.num.partitions': '3',
  }
}

/** A broker for one developer: quick to start, quick to rebalance, small in memory. */
function small({ nodes }: NodeSettings) {
  return {
    'group.initial.rebalance.delay.ms': '0',
    'log.cleaner.dedupe.buffer.size': '2097152',
    'num.network.threads': '2',
    'num.io.threads': '4',
    ...(nodes.length > 1
      ? { 'broker.session.timeout.ms': '6000', 'broker.heartbeat.interval.ms': '1000' }
      : {}),
  }
}

/** Java's property files take a backslash for an escape, as in a path of Windows. */
function write(properties: Readonly<Record<string, string>>): string {
  const lines = Object.entries(properties).map(
    ([key, value]) => `${key}=${value.replaceAll('\\', '\\\\')}`,
  )
  return `${lines.join('\n')}\n`
}

/** Says when the broker is up and what goes wrong, and leaves out the rest. */
export const LOG4J_PROPERTIES = `log4j.rootLogger=WARN, out
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=%d{HH:mm:ss} %p %m (%c{1})%n
log4j.logger.kafka.server.KafkaRaftServer=INFO
log4j.logger.kafka.server.KafkaServer=INFO
log4j.logger.org.apache.kafka.clients.NetworkClient=ERROR
log4j.logger.org.apache.zookeeper=ERROR
`

/** The same for the Log4j 2 that a distribution of Kafka 4 brings. */
export const LOG4J2_PROPERTIES = `rootLogger.level=warn
rootLogger.appenderRef.out.ref=out
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d{HH:mm:ss} %p %m (%c{1})%n
logger.server.name=kafka.server.KafkaRaftServer
logger.server.level=info
`

/** The `zoo.cfg` of a ZooKeeper for one broker. */
export function zooKeeperProperties(port: number, dataDirectory: string): string {
  return write({
    tickTime: '1000',
    dataDir: dataDirectory,
    clientPort: String(port),
    clientPortAddress: LOOPBACK,
    maxClientCnxns: '0',
    'admin.enableServer': 'false',
  })
}

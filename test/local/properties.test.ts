import assert from 'node:assert/strict'
import { needsZooKeeper, serverProperties, type NodeSettings } from '../../src/local/properties.ts'

const node = { id: 1, port: 9092, controllerPort: 9093, listenerPorts: [9094] }

const settings: NodeSettings = {
  version: '4.2.0',
  node,
  nodes: [node],
  host: 'localhost',
  listeners: [],
  dataDirectory: '/data',
  zooKeeperPort: undefined,
  properties: {},
}

/** The written properties, read back. */
function read(changes: Partial<NodeSettings>): Record<string, string | undefined> {
  const lines = serverProperties({ ...settings, ...changes })
    .trimEnd()
    .split('\n')
  return Object.fromEntries(lines.map(line => line.split(/=(.*)/s).slice(0, 2) as [string, string]))
}

describe('server.properties', () => {
  it('listens on the loopback interface and sends clients to the host', () => {
    const properties = read({})
    assert.equal(properties['listeners'], 'PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093')
    assert.equal(properties['advertised.listeners'], 'PLAINTEXT://localhost:9092')
  })

  it('keeps one replica of Kafka’s own topics on one node, three on three', () => {
    const nodes = [1, 2, 3].map(id => ({ ...node, id, controllerPort: 9100 + id }))
    for (const [given, replicas, inSync] of [
      [[node], '1', '1'],
      [nodes, '3', '2'],
    ] as const) {
      const properties = read({ nodes: given })
      assert.equal(properties['offsets.topic.replication.factor'], replicas)
      assert.equal(properties['share.coordinator.state.topic.min.isr'], inSync)
    }
    assert.equal(
      read({ nodes })['controller.quorum.voters'],
      '1@127.0.0.1:9101,2@127.0.0.1:9102,3@127.0.0.1:9103',
    )
  })

  it('gives a listener its own port, advertised host and settings', () => {
    const properties = read({
      listeners: [
        {
          name: 'MTLS',
          protocol: 'SSL',
          advertisedHost: '10.255.255.1',
          properties: { 'ssl.client.auth': 'required' },
        },
      ],
    })
    assert.match(properties['listeners'] ?? '', /,MTLS:\/\/127\.0\.0\.1:9094,/)
    assert.match(properties['advertised.listeners'] ?? '', /,MTLS:\/\/10\.255\.255\.1:9094$/)
    assert.match(properties['listener.security.protocol.map'] ?? '', /,MTLS:SSL,/)
    assert.equal(properties['listener.name.mtls.ssl.client.auth'], 'required')
  })

  it('turns KIP-848 groups on where they are not on by default', () => {
    const key = 'group.coordinator.rebalance.protocols'
    assert.deepEqual(
      ['3.6.2', '3.9.1', '4.0.0'].map(version => read({ version })[key]),
      [undefined, 'classic,consumer', undefined],
    )
  })

  it('names ZooKeeper and no controller to a Kafka that needs it', () => {
    const properties = read({ version: '2.8.2', zooKeeperPort: 2181 })
    assert.equal(properties['zookeeper.connect'], '127.0.0.1:2181')
    assert.equal(properties['process.roles'], undefined)
    assert.equal(properties['listeners'], 'PLAINTEXT://127.0.0.1:9092')
    assert.deepEqual(['2.8.2', '3.2.0', '3.3.0', '4.2.0'].map(needsZooKeeper), [
      true,
      true,
      false,
      false,
    ])
  })

  it('escapes the backslashes of a path, and lets given properties win', () => {
    const properties = read({
      dataDirectory: 'C:\\data',
      properties: { 'num.io.threads': '1' },
    })
    assert.equal(properties['log.dirs'], 'C:\\\\data')
    assert.equal(properties['num.io.threads'], '1')
  })
})

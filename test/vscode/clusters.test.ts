import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import * as vscode from 'vscode'
import type { SavedClusters } from '../../src/vscode/clusters/createClusters.ts'
import { clearClusters, givenBroker, internals, until, writeClusters } from './extension.ts'

const LOCAL = { id: 'local', name: 'Local', bootstrapServers: ['localhost:9092'] }
/** Nothing listens there. */
const NOWHERE = { id: 'nowhere', name: 'Nowhere', bootstrapServers: ['127.0.0.1:1'] }

describe('clusters', () => {
  let clusters: SavedClusters

  before(async () => {
    clusters = (await internals()).clusters
  })
  afterEach(async () => {
    await clearClusters()
    await until('no clusters', () => clusters.all.length === 0)
    await clusters.select(undefined)
  })

  const selectedId = () => clusters.selected?.id
  const ids = () => clusters.all.map(({ id }) => id)

  it('are read from the settings as soon as these change', async () => {
    await writeClusters([LOCAL])
    await until('the cluster', () => clusters.get('local'))
    assert.equal(clusters.find('Local')?.id, 'local')
    assert.equal(selectedId(), 'local')
  })

  it('of user and workspace are merged and kept apart', async () => {
    await writeClusters([LOCAL])
    await writeClusters([{ ...LOCAL, name: 'Theirs' }], vscode.ConfigurationTarget.Workspace)
    await until('both clusters', () => ids().length === 2)
    assert.deepEqual(ids(), ['local', 'workspace:local'])
    assert.deepEqual(
      clusters.all.map(({ name }) => name),
      ['Local', 'Theirs'],
    )
  })

  it('written as nonsense become problems beside those that work', async () => {
    await writeClusters([{ id: 'bad' }, 7, LOCAL])
    await until('the problems', () => clusters.problems.length === 2)
    assert.deepEqual(ids(), ['local'])
    await writeClusters('nonsense')
    await until('the other problem', () => clusters.problems.length === 1)
    assert.deepEqual(ids(), [])
  })

  it('are saved and removed without touching what else is written', async () => {
    await writeClusters([7])
    await clusters.save({ ...LOCAL, scope: 'user' })
    assert.deepEqual(ids(), ['local'])
    await clusters.save({ ...LOCAL, name: 'Here', scope: 'user' })
    await until('the new name', () => clusters.get('local')?.name === 'Here')
    await clusters.remove('local')
    await until('its end', () => clusters.all.length === 0)
    const found = vscode.workspace.getConfiguration('kafkaWorkbench').inspect('clusters')
    assert.deepEqual(found?.globalValue, [7])
  })

  it('are not added to settings that are no list', async () => {
    await writeClusters('nonsense')
    await until('the problem', () => clusters.problems.length === 1)
    await assert.rejects(clusters.save({ ...LOCAL, scope: 'user' }), /is not a list/)
  })

  it('keep their secrets out of the settings, bound to servers and user', async () => {
    const sasl = { mechanism: 'PLAIN' as const, username: 'alice' }
    await clusters.save({ ...LOCAL, sasl, scope: 'user' }, { password: 'hunter2' })
    const saved = clusters.get('local')
    assert.ok(saved)
    assert.deepEqual(await clusters.secrets.get(saved), { password: 'hunter2' })
    const written = vscode.workspace.getConfiguration('kafkaWorkbench').get('clusters')
    assert.equal(JSON.stringify(written).includes('hunter2'), false)
    const moved = { ...saved, bootstrapServers: ['evil:9092'] }
    assert.deepEqual(await clusters.secrets.get(moved), {})
    assert.deepEqual(await clusters.secrets.get({ ...saved, scope: 'workspace' }), {})
    await clusters.remove('local')
    assert.deepEqual(await clusters.secrets.get(saved), {})
  })

  it('whose password is missing are not connected quietly', async () => {
    await writeClusters([{ ...NOWHERE, sasl: { mechanism: 'PLAIN', username: 'alice' } }])
    await until('the cluster', () => clusters.get('nowhere'))
    const quiet = clusters.connect('nowhere', undefined, 'quiet')
    await assert.rejects(quiet, /Nowhere needs a password/)
    assert.equal(clusters.state('nowhere').kind, 'failed')
  })

  it('ask for their passwords one after the other, until nobody waits for them', async () => {
    const sasl = { mechanism: 'PLAIN', username: 'alice' }
    await writeClusters([
      { ...NOWHERE, sasl },
      { ...LOCAL, sasl },
    ])
    await until('both clusters', () => ids().length === 2)
    const [first, second] = [new AbortController(), new AbortController()]
    const connecting = Promise.allSettled([
      clusters.connect('nowhere', first.signal),
      clusters.connect('local', second.signal),
    ])
    const states = () => ['nowhere', 'local'].map(id => clusters.state(id).kind).join()
    // A second prompt would close the first one at once, and so end what waits for it.
    await sleep(500)
    assert.equal(states(), 'connecting,connecting')
    first.abort()
    await until('the first to end', () => states() === 'disconnected,connecting')
    // Its prompt closes by itself and makes room for the other one's, which Escape closes.
    await until('the second to end', async () => {
      await vscode.commands.executeCommand('workbench.action.closeQuickOpen')
      return clusters.state('local').kind !== 'connecting'
    })
    const reasons = (await connecting).map(result =>
      result.status === 'rejected' ? String(result.reason) : 'connected',
    )
    assert.match(reasons[0] ?? '', /Connecting was cancelled/)
    assert.match(reasons[1] ?? '', /No password was entered/)
  })

  it('that cannot be reached say so, and are disconnected again', async () => {
    await writeClusters([NOWHERE])
    await until('the cluster', () => clusters.get('nowhere'))
    await assert.rejects(clusters.connect('nowhere'), /127\.0\.0\.1:1/)
    assert.equal(clusters.state('nowhere').kind, 'failed')
    assert.equal(clusters.connected('nowhere'), undefined)
    await clusters.disconnect('nowhere')
    assert.equal(clusters.state('nowhere').kind, 'disconnected')
  })

  it('that name a PEM file which is not there say which', async () => {
    await writeClusters([{ ...NOWHERE, tls: { caFile: '/nowhere/ca.pem' } }])
    await until('the cluster', () => clusters.get('nowhere'))
    await assert.rejects(clusters.connect('nowhere'), /\/nowhere\/ca\.pem, does not exist/)
  })

  it('are selected by command, and lend their address to launch configurations', async () => {
    await writeClusters([LOCAL, { ...NOWHERE, bootstrapServers: ['a:1', 'b:2'] }])
    await until('both clusters', () => ids().length === 2)
    assert.equal(selectedId(), undefined)
    await vscode.commands.executeCommand('kafkaWorkbench.selectCluster', 'nowhere')
    assert.equal(selectedId(), 'nowhere')
    const command = 'kafkaWorkbench.bootstrapServers'
    assert.equal(await vscode.commands.executeCommand(command), 'a:1,b:2')
    assert.equal(
      await vscode.commands.executeCommand(command, { cluster: 'Local' }),
      'localhost:9092',
    )
  })

  it('are duplicated with an id of their own', async () => {
    await clusters.save({ ...LOCAL, scope: 'user' })
    await vscode.commands.executeCommand('kafkaWorkbench.copyCluster', 'local')
    await until('the copy', () => ids().length === 2)
    assert.deepEqual(
      clusters.all.map(({ id, name }) => [id, name]),
      [
        ['local', 'Local'],
        ['local-copy', 'Local copy'],
      ],
    )
  })

  it('share one connection, which ends when their servers change', async function () {
    const broker = givenBroker()
    if (!broker) return this.skip()
    await writeClusters([{ ...LOCAL, bootstrapServers: [broker] }])
    await until('the cluster', () => clusters.get('local'))
    const [one, other] = await Promise.all([clusters.connect('local'), clusters.connect('local')])
    assert.equal(one, other)
    assert.equal(clusters.state('local').kind, 'connected')
    assert.ok((await one.describe()).brokers.length > 0)
    await writeClusters([{ ...LOCAL, bootstrapServers: ['127.0.0.1:1'] }])
    await until('the end', () => clusters.state('local').kind === 'disconnected')
  })
})

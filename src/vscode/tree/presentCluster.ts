import { count, UNKNOWN } from '../../lag/format.ts'
import type { SavedCluster } from '../clusters/clusters.ts'
import type { NodeOf } from './nodes.ts'
import { ERROR, join, WARNING, type Presentation } from './presentation.ts'
import type { TreeState } from './treeState.ts'

export function presentCluster(node: NodeOf<'cluster'>, state: TreeState): Presentation {
  const saved = state.clusters.find(({ id }) => id === node.clusterId)
  const connection = state.connection(node.clusterId)
  const selected = state.selectedId === node.clusterId
  const words = {
    connected: '',
    disconnected: '',
    connecting: 'connecting…',
    failed: 'no connection',
  }
  return {
    label: saved?.name ?? node.clusterId,
    description: join(
      saved && serversText(saved),
      words[connection.kind],
      selected && 'selected',
      saved?.protected && 'protected',
      saved?.scope === 'workspace' && 'workspace',
    ),
    icon: clusterIcon(saved, connection.kind),
    contextValue: [
      'cluster',
      connection.kind,
      state.isOpen(node.clusterId) ? 'open' : 'closed',
      selected ? 'selected' : 'other',
      saved?.scope ?? 'user',
    ].join(':'),
    expandable: true,
  }
}

function serversText({ bootstrapServers }: SavedCluster): string {
  const [first = '', ...others] = bootstrapServers
  return others.length > 0 ? `${first} + ${others.length}` : first
}

function clusterIcon(
  saved: SavedCluster | undefined,
  connection: 'connected' | 'disconnected' | 'connecting' | 'failed',
): Presentation['icon'] {
  const color = saved?.color === undefined ? {} : { color: `charts.${saved.color}` }
  switch (connection) {
    case 'connected':
      return { id: 'vm-active', ...color }
    case 'disconnected':
      return { id: 'vm', ...color }
    case 'connecting':
      return { id: 'loading~spin' }
    case 'failed':
      return { id: 'error', color: ERROR }
  }
}

export function brokerCount(node: NodeOf<'brokers'>, state: TreeState): string | undefined {
  const found = state.data(node.clusterId).brokers?.value
  return found && count(found.description.brokers.length)
}

export function presentQuorum(node: NodeOf<'quorum'>, state: TreeState): Presentation {
  const slot = state.data(node.clusterId).brokers?.value?.quorum
  const quorum = slot?.value
  const voters = quorum?.voters.map(({ replicaId }) => replicaId).sort((a, b) => a - b)
  return {
    label: 'KRaft Quorum',
    description: quorum
      ? join(`leader ${quorum.leaderId ?? UNKNOWN}`, `voters ${voters?.join(', ') ?? UNKNOWN}`)
      : UNKNOWN,
    icon: { id: 'law' },
    contextValue: 'quorum',
    expandable: false,
  }
}

export function presentBroker(node: NodeOf<'broker'>, state: TreeState): Presentation {
  const found = state.data(node.clusterId).brokers?.value
  const broker = found?.description.brokers.find(({ id }) => id === node.brokerId)
  const quorum = found?.quorum.value
  const isVoter = quorum?.voters.some(({ replicaId }) => replicaId === node.brokerId)
  // In KRaft mode the controller that clients are told is any live broker; the leader is the quorum's.
  const kraft = quorum !== undefined || found?.quorum.problem !== undefined
  const isController = !kraft && found?.description.controllerId === node.brokerId
  return {
    label: `Broker ${node.brokerId}`,
    description: join(
      broker ? `${broker.host}:${broker.port}` : UNKNOWN,
      broker?.rack !== undefined && `rack ${broker.rack}`,
      isController && 'controller',
      quorum?.leaderId === node.brokerId ? 'quorum leader' : isVoter && 'voter',
      broker?.fenced && 'fenced',
    ),
    icon: broker?.fenced ? { id: 'warning', color: WARNING } : { id: 'server' },
    contextValue: 'broker',
    expandable: false,
  }
}

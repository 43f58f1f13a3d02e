/** Connects, asks, and ends without closing: a process that this keeps alive would hang. */
import { silentLog } from '../../src/base/log.ts'
import { createCluster } from '../../src/kafkajs/cluster.ts'

const config = { bootstrapServers: process.argv.slice(2), clientId: 'leave-open' }
const reader = () => {
  throw new Error('nobody reads')
}
const cluster = await createCluster(config, { log: silentLog, reader })
await cluster.listTopics()
console.log('asked')

/** kafkajs and all that stands on it, as one chunk that is loaded on first use. */
export { createCluster } from '../../kafkajs/cluster.ts'
export { registerCodecs } from '../../kafkajs/compression.ts'
export { testConnection } from '../../kafkajs/diagnose.ts'

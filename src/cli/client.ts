/** The client, and the codecs that producing and joining a group need: loaded on first use. */
export { createCluster } from '../kafkajs/cluster.ts'
export { registerCodecs } from '../kafkajs/compression.ts'
export { kafkajsCodecs } from '../reading/codecs/codecs.ts'

/**
 * A client of the local Kafka in a process of its own, for tests that kill it: prints the address,
 * and stays until it is killed.
 */
import { attachLocalKafka, type LocalKafkaOptions } from '../../src/local/attach.ts'

const options = JSON.parse(process.argv[2] ?? '') as LocalKafkaOptions
const kafka = await attachLocalKafka(options)
console.log(kafka.bootstrapServers)
setInterval(() => undefined, 60_000)

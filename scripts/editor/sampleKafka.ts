import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { attachLocalKafka } from '../../src/local/attach.ts'
import { kafkaCache } from '../setup-kafka.ts'
import { ROOT } from './places.ts'

export interface SampleKafka {
  readonly bootstrapServers: string
  stop(): Promise<void>
}

/** A Kafka of its own with the sample data and clients that a newcomer gets. */
export async function startSampleKafka(): Promise<SampleKafka> {
  const stateDir = await mkdtemp(join(tmpdir(), 'workbench-kafka-'))
  const kafka = await attachLocalKafka({
    stateDir,
    cacheDir: kafkaCache,
    supervisorEntry: join(ROOT, 'src/local/supervisor.ts'),
    sampleEntry: join(ROOT, 'src/sample/main.ts'),
    sample: true,
    containers: false,
    grace: 5000,
  })
  return {
    bootstrapServers: kafka.bootstrapServers,
    async stop() {
      await kafka.stop()
      await rm(stateDir, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

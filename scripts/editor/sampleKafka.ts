import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { attachLocalKafka } from '../../src/local/attach.ts'
import { freePorts } from '../../src/local/ports.ts'
import { kafkaCache } from '../setup-kafka.ts'
import { ROOT } from './places.ts'

export interface SampleKafka {
  readonly bootstrapServers: string
  stop(): Promise<void>
}

/**
 * A Kafka of its own with the sample data and clients that a newcomer gets. Unless a port is given
 * it is none that somebody's editor looks at: what tests write is not found among what people have.
 */
export async function startSampleKafka(wanted?: number): Promise<SampleKafka> {
  const stateDir = await mkdtemp(join(tmpdir(), 'workbench-kafka-'))
  const [free = 0] = await freePorts(1)
  const kafka = await attachLocalKafka({
    stateDir,
    cacheDir: kafkaCache,
    supervisorEntry: join(ROOT, 'src/local/supervisor.ts'),
    sampleEntry: join(ROOT, 'src/sample/main.ts'),
    sample: true,
    containers: false,
    port: wanted ?? free,
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

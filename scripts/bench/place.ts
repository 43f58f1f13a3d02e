/** A broker of its own and a folder for one bench; both are gone when it ends, however it ends. */
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Jars } from '../../src/local/jars.ts'
import type { Java } from '../../src/local/java.ts'
import { startBroker } from '../../src/local/broker.ts'
import { ensureKafkaJars } from '../setup-kafka.ts'
import { root } from '../stages.ts'

export interface Place {
  readonly bootstrapServers: string
  readonly jars: Jars
  readonly java: Java
  readonly folder: string
}

/** Rejects where kcat is not installed: there would be nothing to compare with. */
export async function inPlace(name: string, work: (place: Place) => Promise<void>): Promise<void> {
  if (spawnSync('kcat', ['-V']).error) throw new Error('kcat is not installed: install it first.')
  const cache = join(root, '.cache', 'bench')
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, `${name}-`))
  /** What must end whatever happens, the last one first. */
  const endings: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true })]
  const endAll = async () => {
    for (const end of endings.splice(0).reverse()) await end()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void endAll().then(() => process.exit(130)))
  }
  try {
    const { jars, java } = await ensureKafkaJars()
    const starting = new AbortController()
    endings.push(() => starting.abort())
    const directory = join(folder, 'broker')
    const broker = await startBroker({ jars, java, directory, signal: starting.signal })
    endings.push(() => broker.stop())
    await work({ bootstrapServers: broker.bootstrapServers, jars, java, folder })
  } finally {
    await endAll()
  }
}

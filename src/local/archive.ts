import { access, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { archiveOf, startBroker } from './broker.ts'
import type { Jars } from './jars.ts'
import type { Java } from './java.ts'

/**
 * Makes the archive of loaded classes (AppCDS) that halves the time of every later start, by
 * running a broker once. Does nothing where there is one already. Takes some seconds. An archive is
 * a convenience: where the JVM did not get to write it (it does so while it ends, which a busy
 * machine cuts short), brokers start without, and the next call tries again.
 */
export async function trainArchive(jars: Jars, java: Java, signal?: AbortSignal): Promise<void> {
  const archive = archiveOf(jars, java)
  if (archive === undefined || jars.cache === undefined) return
  if (await exists(archive)) return
  const made = `${archive}.${process.pid}.tmp`
  try {
    const broker = await startBroker({
      jars,
      java,
      directory: join(jars.cache, `training-${process.pid}`),
      jvm: [`-XX:ArchiveClassesAtExit=${made}`],
      signal,
    })
    await broker.stop()
    if (await exists(made)) await rename(made, archive)
  } finally {
    await rm(made, { force: true })
  }
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}

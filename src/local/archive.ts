import { access, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { archiveOf, startBroker } from './broker.ts'
import type { Jars } from './jars.ts'
import type { Java } from './java.ts'

/**
 * Makes the archive of loaded classes (AppCDS) that halves the time of every later start, by
 * running a broker once. Does nothing where there is one already. Takes some seconds.
 */
export async function trainArchive(jars: Jars, java: Java, signal?: AbortSignal): Promise<void> {
  const archive = archiveOf(jars, java)
  if (archive === undefined || jars.cache === undefined) return
  const exists = await access(archive).then(
    () => true,
    () => false,
  )
  if (exists) return
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
    await rename(made, archive)
  } finally {
    await rm(made, { force: true })
  }
}

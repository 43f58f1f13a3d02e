import { randomUUID } from 'node:crypto'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import type { Exporter } from '../../formats/records/exporter.ts'
import type { RecordPage } from '../../kafka/page.ts'
import type { KafkaRecord } from '../../kafka/record.ts'
import { breathing } from './breathing.ts'
import { pageParts } from './pageParts.ts'

/** Some of the records that are written, and how far that is. */
export interface ExportStep {
  readonly pages?: readonly RecordPage[]
  readonly records?: readonly KafkaRecord[]
  /** 0 to 100, as far as it is known. */
  readonly percent?: number
}

export interface Written {
  readonly records: number
  /** Records and batches that could not be read: how they are told is up to the format. */
  readonly errors: number
  readonly bytes: number
}

/** Records that are made into text at a stretch. */
const AT_ONCE = 200
/** Bytes that are written at once. */
const BLOCK = 512 * 1024

/**
 * Writes records to a file as they come: to one beside it at first, which takes its place at the
 * end. Nothing is taken from `steps` while the disk is busy. Where it fails or `signal` aborts,
 * what was written goes, and the file that was there before is as it was.
 */
export async function writeExport(
  path: string,
  exporter: Exporter,
  steps: AsyncIterable<ExportStep>,
  signal: AbortSignal,
  onProgress: (written: Written, percent: number | undefined) => void,
): Promise<Written> {
  const temporary = `${path}.${randomUUID().slice(0, 8)}.part`
  const file = await open(temporary, 'wx')
  try {
    const written = await writeAll(file, exporter, steps, signal, onProgress)
    signal.throwIfAborted()
    await file.close()
    await rename(temporary, path)
    return written
  } catch (error) {
    await file.close().catch(() => undefined)
    await rm(temporary, { force: true })
    throw error
  }
}

async function writeAll(
  file: FileHandle,
  exporter: Exporter,
  steps: AsyncIterable<ExportStep>,
  signal: AbortSignal,
  onProgress: (written: Written, percent: number | undefined) => void,
): Promise<Written> {
  const breathe = breathing()
  const block = blockWriter(file)
  await block.write(exporter.head)
  let records = 0
  let errors = 0
  for await (const { pages = [], records: loose = [], percent } of steps) {
    for (const page of pages.flatMap(whole => [...pageParts(whole, AT_ONCE)])) {
      signal.throwIfAborted()
      await block.write(exporter.chunk(page))
      records += page.count
      errors += page.errors.filter(({ moved }) => !moved).length
      await breathe()
    }
    for (let from = 0; from < loose.length; from += AT_ONCE) {
      signal.throwIfAborted()
      const some = loose.slice(from, from + AT_ONCE)
      await block.write(exporter.chunkOf(some))
      const unread = some.filter(({ error }) => error !== undefined).length
      records += some.length - unread
      errors += unread
      await breathe()
    }
    onProgress({ records, errors, bytes: block.bytes }, percent)
  }
  await block.flush()
  return { records, errors, bytes: block.bytes }
}

interface BlockWriter {
  readonly bytes: number
  write(chunk: Uint8Array): Promise<void>
  flush(): Promise<void>
}

/** Gathers small chunks, since each write to a file goes through another thread. */
function blockWriter(file: FileHandle): BlockWriter {
  let waiting: Uint8Array[] = []
  let size = 0
  let bytes = 0
  const flush = async () => {
    const block = Buffer.concat(waiting)
    waiting = []
    size = 0
    for (let done = 0; done < block.length;)
      done += (await file.write(block, done, block.length - done)).bytesWritten
  }
  return {
    get bytes() {
      return bytes
    },
    async write(chunk) {
      waiting.push(chunk)
      size += chunk.length
      bytes += chunk.length
      if (size >= BLOCK) await flush()
    },
    flush,
  }
}

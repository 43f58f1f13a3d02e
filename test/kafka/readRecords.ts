import { silentLog } from '../../src/base/log.ts'
import type { ConnectionConfig } from '../../src/kafka/connection.ts'
import type { RecordPage } from '../../src/kafka/page.ts'
import type { ReadRequest } from '../../src/kafka/reading.ts'
import { createReader, type Reader } from '../../src/reading/reader.ts'

const workerPath = new URL('../../src/reading/worker.ts', import.meta.url)

/** A reader as the extension has it, in its own thread. The caller closes it. */
export function readerFor(config: ConnectionConfig): Reader {
  return createReader({ workerPath, config, log: silentLog })
}

/** All pages from the beginning to the end, unless the request says otherwise. */
export async function readPages(
  reader: Reader,
  request: Pick<ReadRequest, 'topic'> & Partial<ReadRequest>,
): Promise<readonly RecordPage[]> {
  const whole: ReadRequest = {
    from: { all: { kind: 'earliest' } },
    to: { all: { kind: 'latest' } },
    ...request,
  }
  const pages: RecordPage[] = []
  for await (const update of reader.read(whole, { signal: AbortSignal.timeout(20_000) })) {
    pages.push(...update.pages)
    const problem = update.progress.find(partition => partition.problem)?.problem
    if (problem) throw new Error(`${problem.message} ${problem.detail ?? ''}`)
  }
  return pages
}

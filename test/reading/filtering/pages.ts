import type { RecordPage } from '../../../src/kafka/page.ts'
import { pagesOf } from '../decoded.ts'
import { batch, type RecordSpec } from '../write.ts'

export type PlainRecord = Omit<RecordSpec, 'offsetDelta'>

/** One page with these records at offsets 0, 1, …, as the reader makes it. */
export function pageOf(records: readonly PlainRecord[]): RecordPage {
  const [page] = pagesOf(
    batch({
      baseOffset: 0n,
      records: records.map((record, offsetDelta) => ({ ...record, offsetDelta })),
    }),
  )
  if (!page) throw new Error('there is no page')
  return page
}

export const offsetsOf = (page: RecordPage) =>
  Array.from(page.offsets.subarray(0, page.count), Number)

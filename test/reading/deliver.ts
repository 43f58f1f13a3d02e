import type { ReadRequest, ReadUpdate } from '../../src/kafka/reading.ts'
import type { Reader } from '../../src/reading/reader.ts'
import { recordsOf, type Decoded } from './decoded.ts'

export type ReadRecord = Decoded['records'][number] & { readonly partition: number }

export interface Delivered {
  readonly records: readonly ReadRecord[]
  readonly errors: readonly { readonly offset: bigint; readonly message: string }[]
  readonly updates: readonly ReadUpdate[]
  readonly last: ReadUpdate
}

export type Request = Omit<ReadRequest, 'from'> & Partial<Pick<ReadRequest, 'from'>>

/** Everything that a read with an end delivers. */
export async function readAll(
  reader: Reader,
  request: Request,
  signal: AbortSignal = AbortSignal.timeout(30_000),
): Promise<Delivered> {
  const updates: ReadUpdate[] = []
  const whole = {
    from: { all: { kind: 'earliest' } },
    to: { all: { kind: 'latest' } },
    ...request,
  } as const
  for await (const update of reader.read(whole, { signal })) updates.push(update)
  const last = updates.at(-1)
  if (!last?.done) throw new Error('The read ended without a last update.')
  const pages = updates.flatMap(update => update.pages)
  return {
    records: pages.flatMap(page =>
      recordsOf(page).map(record => ({ ...record, partition: page.partition })),
    ),
    errors: pages.flatMap(page => page.errors),
    updates,
    last,
  }
}

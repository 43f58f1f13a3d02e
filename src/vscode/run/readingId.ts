import type { BlockId } from './blockStates.ts'

/** The view of messages that belongs to a CONSUMER. */
export function readingId({ id }: BlockId): string {
  return `block/${id}`
}

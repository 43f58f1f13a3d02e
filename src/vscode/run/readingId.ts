import type { BlockId } from './blockStates.ts'

/** The view of messages that belongs to a CONSUMER. */
export function readingId({ uri, id }: BlockId): string {
  return `block/${uri}/${id}`
}

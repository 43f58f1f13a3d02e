import type { KafkaRecord, RecordHeader } from '../../kafka/record.ts'
import { isWhole, newPlace, placeInBlock, type Place } from './block.ts'
import { headersAt } from './headers.ts'
import type { HeldRow } from './store.ts'

const place = newPlace()
const text = new TextDecoder()

/** A held record, its bytes copied; undefined where only its beginning is held. */
export function recordOf(topic: string, held: HeldRow): KafkaRecord | undefined {
  const { extra } = held
  if (extra) {
    if (extra.kind !== 'error') return undefined
    const { partition, offset, message: error } = extra
    return { topic, partition, offset, timestamp: -1, key: null, value: null, headers: [], error }
  }
  placeInBlock(held.block, held.row, place)
  if (!isWhole(place)) return undefined
  const { partition, offset, timestamp, bytes } = place
  return {
    topic,
    partition,
    offset: BigInt(offset),
    timestamp,
    key: copied(bytes, place.keyStart, place.keyLength),
    value: copied(bytes, place.valueStart, place.valueLength),
    headers: headersOf(place),
  }
}

function headersOf({ bytes, headerStart, headerEnd }: Place): RecordHeader[] {
  return [...headersAt(bytes, headerStart, headerEnd)].map(header => [
    text.decode(bytes.subarray(header.nameStart, header.nameStart + header.nameLength)),
    copied(bytes, header.valueStart, header.valueLength),
  ])
}

/** Not a view: what goes to another thread would take the whole block along. */
function copied(bytes: Uint8Array, start: number, length: number): Uint8Array | null {
  return length < 0 ? null : bytes.slice(start, start + length)
}

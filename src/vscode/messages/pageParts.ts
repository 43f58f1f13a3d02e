import type { RecordPage } from '../../kafka/page.ts'

/** A page in parts of at most `size` records, which share its bytes; each error stands in one. */
export function* pageParts(page: RecordPage, size: number): Generator<RecordPage> {
  if (page.count <= size) {
    yield page
    return
  }
  for (let from = 0; from < page.count; from += size) {
    const to = Math.min(from + size, page.count)
    yield part(page, from, to)
  }
}

function part(page: RecordPage, from: number, to: number): RecordPage {
  const first = from === 0 ? undefined : page.offsets[from]
  const next = page.offsets[to]
  return {
    topic: page.topic,
    partition: page.partition,
    count: to - from,
    offsets: page.offsets.subarray(from, to),
    timestamps: page.timestamps.subarray(from, to),
    keyStarts: page.keyStarts.subarray(from, to),
    keyLengths: page.keyLengths.subarray(from, to),
    valueStarts: page.valueStarts.subarray(from, to),
    valueLengths: page.valueLengths.subarray(from, to),
    headerStarts: page.headerStarts.subarray(from, to),
    bytes: page.bytes,
    errors: page.errors.filter(
      ({ offset }) =>
        (first === undefined || offset >= first) && (next === undefined || offset < next),
    ),
  }
}

import type { RecordFormats } from '../../kafka/format.ts'
import type { NoteRow, RecordRow, Row, Shown } from '../../kafka/recordView.ts'
import { AUTO } from '../../kafka/format.ts'
import { heldLength, newPlace, placeInBlock, type Extra, type Place } from './block.ts'
import { rowCell, type Part } from './cells.ts'
import { headerCount, headersAt } from './headers.ts'
import type { HeldRow } from './store.ts'

/** Headers in short are no longer than this. */
const HEADER_TEXT = 160
const HEADER_VALUE_TEXT = 40

export interface RowOptions {
  readonly formats: RecordFormats
  readonly shown: Shown
  /** Offset of the latest record with the same key. */
  readonly repeatedAt: number | undefined
}

const place = newPlace()

export function rowOf(held: HeldRow, { formats, shown, repeatedAt }: RowOptions): Row {
  if (held.extra) return extraRow(held.extra)
  placeInBlock(held.block, held.row, place)
  const row: RecordRow = {
    kind: 'record',
    partition: place.partition,
    offset: String(place.offset),
    ...(place.timestamp >= 0 && { timestamp: place.timestamp }),
    key: rowCell(keyIn(place), formats.key),
    value: rowCell(valueIn(place), formats.value),
    headers: headerCount(place.bytes, place.headerStart),
    headerText: headerText(place),
    size: sizeOf(place),
    ...(shown.backwards && place.backwards && { backwards: true as const }),
    ...(repeatedAt !== undefined && { repeatedAt: String(repeatedAt) }),
  }
  return row
}

export function keyIn(at: Place): Part {
  return partIn(at.bytes, at.keyStart, at.keyLength)
}

export function valueIn(at: Place): Part {
  return partIn(at.bytes, at.valueStart, at.valueLength)
}

function partIn(bytes: Uint8Array, start: number, length: number): Part {
  if (length < 0) return { bytes: null, length: 0 }
  return { bytes: bytes.subarray(start, start + heldLength(length)), length }
}

function extraRow(extra: Extra): RecordRow | NoteRow {
  const { partition } = extra
  const offset = String(extra.offset)
  if (extra.kind === 'error') {
    return {
      kind: 'record',
      partition,
      offset,
      key: { kind: 'null' },
      value: { kind: 'error', text: extra.message, bytes: '' },
      headers: 0,
      headerText: '',
      size: 0,
    }
  }
  const name = { kind: extra.kind, partition, offset, lastOffset: String(extra.nextOffset - 1n) }
  switch (extra.kind) {
    case 'gap':
      return { ...name, count: extra.missing }
    case 'aborted':
      return { ...name, count: extra.records, producerId: String(extra.producerId) }
    case 'marker':
      return {
        ...name,
        count: 1,
        producerId: String(extra.producerId),
        committed: extra.committed,
      }
  }
}

/** Bytes of key, value and header names and values. */
export function sizeOf(at: Place): number {
  const size = Math.max(0, at.keyLength) + Math.max(0, at.valueLength)
  if (at.headerStart < 0) return size
  if (at.headerEnd - at.headerStart < at.headerLength) return size + at.headerLength
  let headers = 0
  for (const { nameLength, valueLength } of headersAt(at.bytes, at.headerStart, at.headerEnd)) {
    headers += nameLength + Math.max(0, valueLength)
  }
  return size + headers
}

/** `trace-id: a, source: web` */
function headerText(at: Place): string {
  const { bytes } = at
  let written = ''
  for (const header of headersAt(bytes, at.headerStart, at.headerEnd)) {
    const { nameStart, nameLength, valueStart, valueLength } = header
    const name = new TextDecoder().decode(bytes.subarray(nameStart, nameStart + nameLength))
    const held = Math.min(valueLength, 4 * HEADER_VALUE_TEXT)
    const value = valueLength < 0 ? null : bytes.subarray(valueStart, valueStart + held)
    const cell = rowCell({ bytes: value, length: Math.max(0, valueLength) }, AUTO)
    const text = cell.kind === 'null' ? 'null' : shortened(cell.text, HEADER_VALUE_TEXT)
    written += `${written === '' ? '' : ', '}${name}: ${text}`
    if (written.length > HEADER_TEXT) return shortened(written, HEADER_TEXT)
  }
  return written
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text
}

import type { Layout } from '../../protocol/messages.ts'

export type ColumnName = 'time' | 'partition' | 'offset' | 'key' | 'value' | 'headers' | 'size'

export interface Column {
  readonly name: ColumnName
  readonly heading: string
  /** What its menu and a reader call it. */
  readonly title: string
  /** Px. */
  readonly width: number
  readonly least: number
  /** Its numbers stand at the right. */
  readonly number?: true
}

export const COLUMNS: readonly Column[] = [
  { name: 'time', heading: 'Time', title: 'Time', width: 100, least: 64 },
  { name: 'partition', heading: 'P', title: 'Partition', width: 28, least: 20, number: true },
  { name: 'offset', heading: 'Offset', title: 'Offset', width: 88, least: 48, number: true },
  { name: 'key', heading: 'Key', title: 'Key', width: 104, least: 40 },
  { name: 'value', heading: 'Value', title: 'Value', width: 240, least: 120 },
  { name: 'headers', heading: 'Headers', title: 'Headers', width: 56, least: 32, number: true },
  { name: 'size', heading: 'Size', title: 'Size', width: 64, least: 40, number: true },
]

const MOST_WIDTH = 1200

/** One step of the keyboard, px. */
export const STEP = 8

export type Columns = Pick<Layout, 'widths' | 'hidden'>

/** At least one column is always there. */
export function visibleColumns({ hidden }: Columns): readonly Column[] {
  const visible = COLUMNS.filter(({ name }) => !hidden.includes(name))
  return visible.length > 0 ? visible : COLUMNS.filter(({ name }) => name === 'value')
}

/** The column that takes what the others leave: the value, else the key, else the last. */
export function flexible(columns: readonly Column[]): ColumnName | undefined {
  const names = columns.map(({ name }) => name)
  return names.find(name => name === 'value') ?? names.find(name => name === 'key') ?? names.at(-1)
}

export function widthOf(column: Column, { widths }: Columns): number {
  return within(column, widths[column.name] ?? column.width)
}

/** `columns` with another width for one of them. */
export function resized(columns: Columns, column: Column, width: number): Columns['widths'] {
  return { ...columns.widths, [column.name]: within(column, Math.round(width)) }
}

function within(column: Column, width: number): number {
  return Math.max(column.least, Math.min(MOST_WIDTH, width))
}

/** Given up first where there is no room: what says least, and stands in the record as well. */
const GIVEN_UP: readonly ColumnName[] = ['headers', 'size', 'partition', 'key']
/** Px between two columns, and at both sides of all. */
const GAP = 12
const SIDES = 28

/** `columns` without those that `room`, px, is too narrow for. */
export function fitted(columns: Columns, room: number): Columns {
  const hidden = [...columns.hidden]
  for (const name of GIVEN_UP) {
    if (room === 0 || neededWidth({ widths: columns.widths, hidden }) <= room) break
    if (!hidden.includes(name)) hidden.push(name)
  }
  return { widths: columns.widths, hidden }
}

function neededWidth(columns: Columns): number {
  const visible = visibleColumns(columns)
  const wide = flexible(visible)
  const widths = visible.map(column =>
    column.name === wide ? column.least : widthOf(column, columns),
  )
  return SIDES + GAP * (visible.length - 1) + widths.reduce((sum, width) => sum + width, 0)
}

/** A value of `grid-template-columns`. */
export function gridTemplate(columns: Columns): string {
  const visible = visibleColumns(columns)
  const wide = flexible(visible)
  return visible
    .map(column =>
      column.name === wide
        ? `minmax(${column.least}px, 1fr)`
        : `minmax(${Math.min(column.least, 40)}px, ${widthOf(column, columns)}px)`,
    )
    .join(' ')
}

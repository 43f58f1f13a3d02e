import { offsetIn, rowOfExtra, type Block } from './block.ts'
import { valueAt } from './columns.ts'

/** The row of a record, or of an error at the offset. */
export function findRow(block: Block, partition: number, offset: number): number | undefined {
  const { partitions, rows, extras } = block
  const error = extras.findIndex(
    extra =>
      extra.kind === 'error' && extra.partition === partition && Number(extra.offset) === offset,
  )
  if (error >= 0) return rowOfExtra(error)
  if (partitions.deltas === undefined) {
    return partitions.base === partition ? rowInOrder(block, offset) : undefined
  }
  for (let row = 0; row < rows; row++) {
    if (offsetIn(block, row) === offset && valueAt(partitions, row) === partition) return row
  }
  return undefined
}

/** In a block of one partition rows stand in the order of their offsets. */
function rowInOrder(block: Block, offset: number): number | undefined {
  let low = 0
  let high = block.rows - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const found = offsetIn(block, middle)
    if (found === offset) return middle
    if (found < offset) low = middle + 1
    else high = middle - 1
  }
  return undefined
}

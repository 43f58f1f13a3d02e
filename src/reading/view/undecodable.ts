import type { RecordFormats } from '../../kafka/format.ts'
import type { RecordPage } from '../../kafka/page.ts'
import type { Block } from './block.ts'
import { refusalOf, type Refusal } from './cells.ts'
import { valueAt } from './columns.ts'
import type { TimeCounts } from './timeline.ts'

/** Counts records of which the key or the value is not in its format, also over time. */
export class Undecodable {
  readonly #counts: TimeCounts
  #refusesKey: Refusal | undefined
  #refusesValue: Refusal | undefined
  #count = 0

  constructor(counts: TimeCounts, formats: RecordFormats) {
    this.#counts = counts
    this.#use(formats)
  }

  get count(): number {
    return this.#count
  }

  /** Records that the timeline has counted. */
  add({ partition, count, timestamps, keyLengths, valueLengths }: RecordPage): void {
    if (!this.#canRefuse) return
    for (let row = 0; row < count; row++) {
      if (this.#refuses(keyLengths[row] ?? -1, valueLengths[row] ?? -1))
        this.#add(partition, timestamps[row] ?? -1)
    }
  }

  /** In other formats: what is still in memory is counted anew. */
  recount(formats: RecordFormats, blocks: Iterable<Block>): void {
    this.#use(formats)
    this.#count = 0
    this.#counts.forgetUndecodable()
    if (!this.#canRefuse) return
    for (const block of blocks) {
      for (let row = 0; row < block.rows; row++) {
        if (this.#refuses(valueAt(block.keyLengths, row), valueAt(block.valueLengths, row)))
          this.#add(valueAt(block.partitions, row), valueAt(block.timestamps, row))
      }
    }
  }

  #use({ key, value }: RecordFormats): void {
    this.#refusesKey = refusalOf(key)
    this.#refusesValue = refusalOf(value)
  }

  get #canRefuse(): boolean {
    return this.#refusesKey !== undefined || this.#refusesValue !== undefined
  }

  #refuses(keyLength: number, valueLength: number): boolean {
    return this.#refusesKey?.(keyLength) === true || this.#refusesValue?.(valueLength) === true
  }

  #add(partition: number, timestamp: number): void {
    this.#count++
    this.#counts.addUndecodable(partition, timestamp)
  }
}

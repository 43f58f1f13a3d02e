import * as vscode from 'vscode'
import type { ConsumerSettings } from '../../run/blocks.ts'

/** What a reading takes from the settings and from the machine, as it is now. */
export function consumerSettings(): ConsumerSettings {
  const offset = vscode.workspace
    .getConfiguration('kafkaWorkbench')
    .get<unknown>('consumers.offset', 'latest')
  return {
    now: Date.now(),
    toLocalEpoch: (year, month, day, hour, minute, second, millisecond) =>
      new Date(year, month - 1, day, hour, minute, second, millisecond).getTime(),
    defaultOffset: offset === 'earliest' ? 'earliest' : 'latest',
  }
}

const MEGABYTE = 1024 * 1024
const DEFAULT_MEMORY = 64
const LEAST_MEMORY = 8
const MOST_MEMORY = 1024

/** Bytes of memory that the records of one view may take; what makes no sense is the default. */
export function memoryBudget(): number {
  const megabytes = vscode.workspace
    .getConfiguration('kafkaWorkbench')
    .get<unknown>('messages.memory', DEFAULT_MEMORY)
  const sensible = typeof megabytes === 'number' && Number.isFinite(megabytes)
  const wanted = sensible ? megabytes : DEFAULT_MEMORY
  return Math.min(Math.max(wanted, LEAST_MEMORY), MOST_MEMORY) * MEGABYTE
}

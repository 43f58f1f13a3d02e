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

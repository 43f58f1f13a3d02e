import type { Problem } from '../../base/problem.ts'
import type { ProduceResult, ProduceTotals } from '../../run/events.ts'

/** What a PRODUCER does now, or did last. */
export type BlockState =
  | { readonly kind: 'connecting' | 'sending' }
  | {
      readonly kind: 'scheduled'
      readonly sent: number
      readonly last?: ProduceResult
      /** Ms since the epoch. */
      readonly next?: number
    }
  /** `clusterId`: where the records are now. */
  | { readonly kind: 'produced'; readonly result: ProduceResult; readonly clusterId?: string }
  /** Records that are too many to be told one by one. */
  | { readonly kind: 'sendingMany'; readonly totals: ProduceTotals }
  | {
      readonly kind: 'producedMany'
      readonly totals: ProduceTotals
      /** Before there were no more. */
      readonly stopped: boolean
      readonly clusterId?: string
    }
  | { readonly kind: 'stopped'; readonly sent: number; readonly last?: ProduceResult }
  | { readonly kind: 'failed'; readonly problem: Problem }

export function isBusy(state: BlockState | undefined): boolean {
  return state !== undefined && BUSY.has(state.kind)
}

const BUSY: ReadonlySet<BlockState['kind']> = new Set([
  'connecting',
  'sending',
  'sendingMany',
  'scheduled',
])

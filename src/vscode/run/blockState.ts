import type { Problem } from '../../base/problem.ts'
import type { ProduceResult } from '../../run/events.ts'

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
  | { readonly kind: 'stopped'; readonly sent: number; readonly last?: ProduceResult }
  | { readonly kind: 'failed'; readonly problem: Problem }

export function isBusy(state: BlockState | undefined): boolean {
  return state?.kind === 'connecting' || state?.kind === 'sending' || state?.kind === 'scheduled'
}

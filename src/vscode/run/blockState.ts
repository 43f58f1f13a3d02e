import type { Problem } from '../../base/problem.ts'
import type { LastRecord, ProduceResult, ProduceTotals } from '../../run/events.ts'
import type { BlockResult } from '../../run/results.ts'

/** What a block does now, or did last. */
export type BlockState = BlockDoing & {
  /** The Testing view tells what went wrong, at the same line. */
  readonly inTesting?: boolean
}

type BlockDoing =
  /** `connecting`: its run began, and it is not its turn yet. */
  | { readonly kind: 'connecting' | 'sending' }
  /** `text`: what it sees meanwhile, in words. */
  | { readonly kind: 'running'; readonly text?: string }
  /** `told`: the whole of it in words, of several lines. */
  | { readonly kind: 'ended'; readonly result: BlockResult; readonly told: string }
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
      readonly totals: ManyTotals
      /** Before there were no more. */
      readonly stopped: boolean
      readonly clusterId?: string
    }
  | { readonly kind: 'stopped'; readonly sent: number; readonly last?: ProduceResult }
  | { readonly kind: 'failed'; readonly problem: Problem }

/** As `ProduceTotals`; the last record itself is not kept. */
export interface ManyTotals extends Omit<ProduceTotals, 'last'> {
  readonly last?: Pick<LastRecord, 'outcome'>
}

export function isBusy(state: BlockState | undefined): boolean {
  return state !== undefined && BUSY.has(state.kind)
}

const BUSY: ReadonlySet<BlockState['kind']> = new Set([
  'connecting',
  'running',
  'sending',
  'sendingMany',
  'scheduled',
])

import type { Clock } from '../base/clock.ts'
import type { Problem } from '../base/problem.ts'
import type { BlockRun, Outcome } from './blockRun.ts'
import { templateContext } from './blockRun.ts'
import type { BlockTransactions } from './producingBlock.ts'
import { settingsOf } from '../language/settings.ts'
import { evaluateTemplates } from './templates.ts'
import { SharedTransaction } from './transactional.ts'

/**
 * The transactions of a run: PRODUCERs one after another that name the same id share one. It
 * commits when the next block to run is not such a PRODUCER.
 */
export interface RunTransactions extends BlockTransactions {
  /** What became of a block, when it is known whether its transaction ended with it. */
  after(outcome: Outcome, run: BlockRun, next: BlockRun | undefined): Promise<Outcome>
  /** Aborts what is open when the run ends in the middle. */
  abandon(): Promise<void>
}

export function runTransactions(clock: Clock): RunTransactions {
  const shared = new SharedTransaction(clock)
  /** Of a transaction that was aborted, as long as blocks follow that would have shared it. */
  let broken: string | undefined
  let entered: string | undefined
  return {
    enter: async (id, { target, signal }) => {
      if (broken === id) return { problem: brokenOff(id) }
      const result = await shared.enter(id, target.cluster, signal)
      if (!('problem' in result)) entered = id
      return result
    },
    after: async (outcome, run, next) => {
      const id = entered
      const goesOn = next !== undefined && idOf(next) === (id ?? broken)
      if (id !== undefined && outcome.status !== 'passed') {
        entered = undefined
        broken = goesOn ? id : undefined
        const problem = await shared.abort()
        return problem && !outcome.problem ? { ...outcome, problem } : outcome
      }
      if (!goesOn || next.target.cluster !== run.target.cluster) {
        entered = undefined
        broken = undefined
        const problem = id === undefined ? undefined : await shared.commit(run.signal)
        if (problem)
          return { ...outcome, status: run.signal.aborted ? 'stopped' : 'failed', problem }
      }
      return outcome
    },
    abandon: async () => {
      await shared.abort()
    },
  }
}

/** The transaction that a block takes part in. */
function idOf(run: BlockRun): string | undefined {
  const { file, block } = run
  if (block.kind !== 'PRODUCER') return undefined
  const text = settingsOf(file).one(block, 'transactional-id')?.value
  if (!text) return undefined
  const evaluated = evaluateTemplates(text, templateContext(run))
  return 'text' in evaluated ? evaluated.text : undefined
}

function brokenOff(id: string): Problem {
  return {
    code: 'transaction-aborted',
    message: `Transaction "${id}" was aborted when a block before did not pass: nothing more is sent in it.`,
  }
}

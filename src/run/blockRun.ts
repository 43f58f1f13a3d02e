import type { Problem } from '../base/problem.ts'
import type { PlainValue } from '../expression/plain.ts'
import type { Block, KafkaFile } from '../language/tree.ts'
import type { Arrivals } from './arrivals.ts'
import { capturedText } from './capturing.ts'
import type { BlockProgress } from './events.ts'
import type { RunCluster, RunPorts } from './ports.ts'
import type { RunNames } from './recordMaker.ts'
import { CANCELLED, type BlockResult } from './results.ts'
import type { Session } from './session.ts'
import type { SystemContext } from './systemValues.ts'
import type { TemplateContext } from './templates.ts'

/** What running one block needs. */
export interface BlockRun {
  readonly file: KafkaFile
  readonly block: Block
  readonly session: Session
  readonly ports: RunPorts
  readonly target: RunCluster
  readonly names: RunNames
  readonly signal: AbortSignal
  readonly tell: (progress: BlockProgress) => void
  /** Shows what a CONSUMER prints; resolves when it was taken, so that little is held. */
  readonly print: (bytes: Uint8Array) => Promise<void>
  /** Where a CONSUMER without `from` starts if no group says it. */
  readonly defaultOffset: 'earliest' | 'latest'
  /** Of an EXPECT that was watched for before its turn. */
  readonly arrivals?: Arrivals | undefined
  /** How many times a PRODUCER is to run. */
  readonly times: number
}

/** What became of a block, without what is the same for all. */
export type Outcome = Pick<BlockResult, 'status'> &
  Partial<Pick<BlockResult, 'problem' | 'failure' | 'details' | 'notice'>> & {
    readonly captures?: readonly (readonly [name: string, value: PlainValue])[]
  }

/** What the templates of a block are evaluated with that are evaluated once. */
export function templateContext({
  ports,
  session,
  target,
  names,
}: Pick<BlockRun, 'ports' | 'session' | 'target' | 'names'>): TemplateContext {
  const system: SystemContext = {
    now: () => ports.clock.now(),
    random: ports.random,
    uuid: ports.uuid,
    index: 0,
    run: session.run,
    cluster: target.name,
  }
  return names.context(system, undefined)
}

/** Of a block about which a person said that it is not to run. */
export function cancelled({ kind }: Block): Outcome {
  const message = kind === 'PRODUCER' ? 'Not sent: cancelled.' : 'Not run: cancelled.'
  return { status: 'stopped', problem: { code: CANCELLED, message } }
}

export function refused(problem: Problem): Outcome {
  return { status: 'refused', problem }
}

/** Remembers what a block captured, and gives it as it is told. */
export function keepCaptures(
  session: Session,
  captures: Outcome['captures'] = [],
): BlockResult['captures'] {
  return captures.map(([name, value]) => {
    session.captures.set(name, value)
    return [name, capturedText(value)] as const
  })
}

/** K402: nothing is written to a protected cluster unless somebody agrees. */
export async function notAgreed(
  { block, target, ports, signal }: BlockRun,
  what: string,
): Promise<Outcome | undefined> {
  if (!target.protected) return undefined
  const message = `"${target.name}" is protected. Confirm to ${what}.`
  if (await ports.agree?.(message, signal, target)) return undefined
  if (ports.agree) return cancelled(block)
  return refused({
    code: 'K402',
    message: `"${target.name}" is protected: nobody confirmed to ${what}.`,
    advice: 'Somebody has to confirm it.',
  })
}

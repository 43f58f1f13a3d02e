import { problemOf, type Problem } from '../base/problem.ts'
import type { Format } from '../kafka/format.ts'
import type { Transaction } from '../kafka/cluster.ts'
import { notAgreed, refused, templateContext, type BlockRun, type Outcome } from './blockRun.ts'
import { capture, recordCaptures } from './capturing.ts'
import type { Ended, ProduceEvent, ProduceResult, ProduceTotals } from './events.ts'
import { fillBlock } from './filled.ts'
import { producerPlan, type ProducerPlan } from './producerPlan.ts'
import { produce } from './producing.ts'
import { recordMaker } from './recordMaker.ts'
import { recordVariables, type SeenRecord } from './recordVariables.ts'
import { recordSource } from './records/source.ts'
import type { ProducedSummary } from './results.ts'
import type { NamedRecord } from './session.ts'
import { evaluateTemplates } from './templates.ts'

/** Transactions that go over blocks; whoever runs them one after another ends them. */
export interface BlockTransactions {
  enter(
    id: string,
    run: BlockRun,
  ): Promise<{ readonly transaction: Transaction } | { readonly problem: Problem }>
}

/** Runs a PRODUCER, and remembers its last record for the blocks below. */
export async function runProducer(
  run: BlockRun,
  transactions: BlockTransactions,
): Promise<Outcome> {
  const { file, block, ports, session, signal } = run
  const filled = fillBlock(file, block, templateContext(run))
  if ('problem' in filled) return refused(filled.problem)
  const planned = producerPlan(filled.file, filled.block)
  if ('problem' in planned) return refused(planned.problem)
  const captures = recordCaptures(filled.all('capture'))
  if ('problem' in captures) return refused(captures.problem)
  const { plan } = planned
  const maker = await recordMaker(filled.file, plan, {
    now: () => ports.clock.now(),
    random: ports.random,
    uuid: ports.uuid,
    toLocalEpoch: ports.toLocalEpoch,
    cluster: run.target.name,
    loadFaker: locale => ports.loadFaker(locale),
    ...(ports.fakerLocale !== undefined && { fakerLocale: ports.fakerLocale }),
    readFile: path => ports.files.text(path),
    readBytes: path => ports.files.bytes(path),
    names: run.names,
  })
  if ('problem' in maker) return refused(maker.problem)
  const disagreed = await notAgreed(run, `send ${countText(plan, run)} to "${topicOf(plan, run)}"`)
  if (disagreed) return disagreed
  const { transactionalId } = plan
  const entered =
    transactionalId === undefined ? undefined : await transactions.enter(transactionalId, run)
  if (entered && 'problem' in entered)
    return { status: signal.aborted ? 'stopped' : 'failed', problem: entered.problem }
  const source = recordSource(plan, maker.make, {
    times: run.times,
    stream: (path, ended) => ports.files.stream(path, ended),
    evaluateRow: maker.evaluateRow,
  })
  session.lastSend = ports.clock.now()
  const context = { cluster: run.target.cluster, clock: ports.clock, signal, ...entered }
  const ended = await follow(produce(plan, source, context), run)
  const last = ended.end?.totals?.last
  const outcome = outcomeOf(plan, ended)
  if (!last) return outcome
  const named: NamedRecord = {
    record: recordOf(last),
    formats: { key: formatOf(plan.keyFormat), value: formatOf(plan.valueFormat) },
  }
  if (block.name !== undefined) session.records.set(block.name, named)
  const variables = recordVariables(named.record, named.formats)
  const captured = capture(captures.captures, variables)
  if ('problem' in captured) return { ...outcome, status: 'failed', problem: captured.problem }
  return { ...outcome, captures: captured.values }
}

function countText({ count, records, every, rate }: ProducerPlan, { times }: BlockRun): string {
  if (every !== undefined || rate !== undefined || records) return 'records'
  const all = (count ?? 1) * times
  return all === 1 ? '1 record' : `${all} records`
}

function topicOf({ topic }: ProducerPlan, run: BlockRun): string {
  const evaluated = evaluateTemplates(topic, templateContext(run))
  return 'text' in evaluated ? evaluated.text : topic
}

interface Followed {
  readonly end?: Ended
  /** Of a block that sends once. */
  readonly result?: ProduceResult
}

/** Few records are kept with what became of each. */
const FEW = 100

async function follow(events: AsyncGenerator<ProduceEvent>, run: BlockRun): Promise<Followed> {
  const { session, ports, tell } = run
  let end: Ended | undefined
  let result: ProduceResult | undefined
  let sends = 0
  try {
    for await (const event of events) {
      switch (event.kind) {
        case 'sending':
          session.lastSend = ports.clock.now()
          tell(event)
          break
        case 'produced':
          sends++
          if (event.result.outcomes.length <= FEW) result = event.result
          tell({ kind: 'sent', result: event.result })
          break
        case 'progress':
          session.lastSend = ports.clock.now()
          tell({ kind: 'producing', totals: event.totals })
          break
        case 'waiting':
          tell(event)
          break
        case 'ended':
          end = event
      }
    }
  } catch (error) {
    end = { kind: 'ended', reason: 'failed', problem: problemOf(error) }
  }
  return { ...(end && { end }), ...(sends === 1 && result && { result }) }
}

const STATUS = { done: 'passed', stopped: 'stopped', failed: 'failed', refused: 'refused' } as const

function outcomeOf(plan: ProducerPlan, { end, result }: Followed): Outcome {
  const totals = end?.totals
  return {
    status: STATUS[end?.reason ?? 'failed'],
    ...(end?.problem && { problem: end.problem }),
    ...(totals && {
      details: { kind: 'produced', ...summaryOf(plan, totals), ...(result && { result }) },
    }),
  }
}

function summaryOf(plan: ProducerPlan, totals: ProduceTotals): ProducedSummary {
  const { topic, sent, acknowledged, failed, failures, last } = totals
  const { partition, offset } = last?.outcome ?? {}
  return {
    topic: topic === plan.topic && last ? last.topic : topic,
    sent,
    acknowledged,
    ...(failed > 0 && { failed, failures }),
    ...(partition !== undefined && {
      last: { partition, ...(offset !== undefined && { offset }) },
    }),
  }
}

function recordOf({ topic, record, outcome }: NonNullable<ProduceTotals['last']>): SeenRecord {
  const partition = outcome.partition ?? record.partition
  return {
    topic,
    timestamp: outcome.timestamp ?? record.timestamp ?? -1,
    key: record.key,
    value: record.value,
    headers: record.headers,
    ...(partition !== undefined && { partition }),
    ...(outcome.offset !== undefined && { offset: outcome.offset }),
  }
}

/** What was written in a format is read in it. */
function formatOf(format: Format | undefined): Format {
  return format === undefined || format.name === 'null' ? TEXT : format
}

/** JSON objects and lists in a text are values, too. */
const TEXT: Format = { name: 'string', parameters: [] }

import type { TimeContext } from '../language/values/positions.ts'
import { notAgreed, refused, templateContext, type BlockRun, type Outcome } from './blockRun.ts'
import { expectPlan } from './expectPlan.ts'
import { expectRecords } from './expecting.ts'
import { expectGroup, groupPlan } from './expectingGroup.ts'
import { fillBlock, type FilledBlock } from './filled.ts'
import { makeTopic, topicPlan } from './makingTopic.ts'
import { markKey } from './session.ts'

/** Runs an EXPECT or EXPECT GROUP. */
export async function runExpect(run: BlockRun): Promise<Outcome> {
  const filled = fillBlock(run.file, run.block, templateContext(run))
  if ('problem' in filled) return refused(filled.problem)
  return run.block.group ? runGroup(filled, run) : runRecords(filled, run)
}

async function runRecords(filled: FilledBlock, run: BlockRun): Promise<Outcome> {
  const { ports, session, target, signal, tell, block } = run
  const time: TimeContext = { now: ports.clock.now(), toLocalEpoch: ports.toLocalEpoch }
  const planned = expectPlan(filled, time)
  if ('problem' in planned) return refused(planned.problem)
  const { plan } = planned
  const expected = await expectRecords(plan, {
    cluster: target.cluster,
    clock: ports.clock,
    signal,
    mark: session.marks.get(markKey(target.name, plan.topic)),
    lastSend: session.lastSend,
    arrivals: run.arrivals,
    timeOfDay: at => timeOfDay(at, ports.toLocalEpoch),
    tell: (read, matched) => tell({ kind: 'reading', read, matched }),
  })
  const { record, summary, ...outcome } = expected
  if (record && block.name !== undefined)
    session.records.set(block.name, { record, formats: plan.formats })
  return { ...outcome, details: { kind: 'expected', ...summary } }
}

async function runGroup(filled: FilledBlock, run: BlockRun): Promise<Outcome> {
  const { ports, target, signal, tell } = run
  const planned = groupPlan(filled)
  if ('problem' in planned) return refused(planned.problem)
  const { plan } = planned
  const { seen, ...outcome } = await expectGroup(plan, {
    cluster: target.cluster,
    clock: ports.clock,
    signal,
    tell: text => tell({ kind: 'looking', text }),
  })
  const { lag, state } = seen
  return {
    ...outcome,
    details: {
      kind: 'group',
      group: plan.group,
      ...(lag !== undefined && { lag }),
      ...(state !== undefined && { state }),
    },
  }
}

/** Runs a TOPIC. A topic that was made anew holds nothing from before the run. */
export async function runTopic(run: BlockRun): Promise<Outcome> {
  const { ports, session, target, signal } = run
  const filled = fillBlock(run.file, run.block, templateContext(run))
  if ('problem' in filled) return refused(filled.problem)
  const planned = topicPlan(filled)
  if ('problem' in planned) return refused(planned.problem)
  const { topic } = planned.plan
  const disagreed = await notAgreed(run, `make sure of topic "${topic.name}"`)
  if (disagreed) return disagreed
  const { did, ...made } = await makeTopic(planned.plan, {
    cluster: target.cluster,
    clock: ports.clock,
    signal,
    disposable: target.disposable,
  })
  const key = markKey(target.name, topic.name)
  if (did === 'recreated' || (did === 'created' && session.marks.has(key)))
    session.marks.set(key, { takenAt: ports.clock.now(), ends: new Map() })
  return { ...made, ...(did && { details: { kind: 'topic', topic: topic.name, did } }) }
}

/** The local time of the day, as people read it: `12:00:01.250`. */
function timeOfDay(time: number, toLocalEpoch: TimeContext['toLocalEpoch']): string {
  const date = new Date(time)
  const asLocal = toLocalEpoch(
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
    date.getUTCMilliseconds(),
  )
  return new Date(time + (time - asLocal)).toISOString().slice(11, 23)
}

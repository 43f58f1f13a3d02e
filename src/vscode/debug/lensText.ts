import { NONE, count, timeOfDay } from '../../lag/format.ts'
import type { LagState } from '../../lag/watch.ts'
import { lagText } from './inlineText.ts'

export interface LensText {
  readonly title: string
  readonly tooltip: string
}

/** `billing · lag 1,204 · 3 members`; without a state its cluster is not connected. */
export function lensText(
  groupId: string,
  clusterName: string | undefined,
  state: LagState | undefined,
): LensText {
  const where = clusterName === undefined ? '' : ` on ${clusterName}`
  if (state === undefined)
    return {
      title: `${groupId} · show lag`,
      tooltip: `Open the lag panel of ${groupId}${where}; connects if need be.`,
    }
  return {
    title: [groupId, ...parts(state)].join(' · '),
    tooltip: [`Open the lag panel of ${groupId}${where}.`, ...reasons(state)].join('\n'),
  }
}

function parts({ status, reading, problem }: LagState): readonly string[] {
  if (reading) {
    const seen = problem ? [`as of ${timeOfDay(reading.at)}`] : []
    return [lagText(reading), memberText(reading.members), ...seen]
  }
  if (problem) return ['lag not known']
  if (status === 'no-offsets') return ['no offsets yet']
  if (status === 'unknown-group') return ['no such group yet']
  return [`lag ${NONE}`]
}

function reasons({ problem }: LagState): readonly string[] {
  if (!problem) return []
  return [problem.advice === undefined ? problem.message : `${problem.message} ${problem.advice}`]
}

/** `no members`, `1 member`, `3 members`, `? members`. */
export function memberText(members: number | undefined): string {
  if (members === undefined) return '? members'
  if (members === 0) return 'no members'
  return members === 1 ? '1 member' : `${count(members)} members`
}

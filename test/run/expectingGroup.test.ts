import assert from 'node:assert/strict'
import type { Cluster } from '../../src/kafka/cluster.ts'
import { expectGroup, groupPlan, type ExpectedGroup } from '../../src/run/expectingGroup.ts'
import { fillBlock } from '../../src/run/filled.ts'
import { namesOf, newSession } from '../../src/run/session.ts'
import { blockIn, fakeCluster, groupOf, patientClock } from './fixtures.ts'

/** What the cluster says at one look: commits, ends and starts by partition of `orders`. */
interface Look {
  readonly commits?: readonly (bigint | undefined)[]
  readonly ends?: readonly (bigint | undefined)[]
  readonly starts?: readonly bigint[]
  readonly fails?: string
}

function clusterOf(looks: readonly Look[]): Partial<Cluster> {
  let at = -1
  const look = () => looks[Math.min(at, looks.length - 1)] ?? {}
  return {
    committedOffsets: () => {
      at++
      const { commits = [], fails } = look()
      if (fails !== undefined) return Promise.reject(new Error(fails))
      const offsets = commits.flatMap((committedOffset, partition) =>
        committedOffset === undefined ? [] : [{ topic: 'orders', partition, committedOffset }],
      )
      const other = { topic: 'other', partition: 0, committedOffset: 1n }
      return Promise.resolve([{ groupId: 'billing', offsets: [...offsets, other] }])
    },
    listOffsets: queries =>
      Promise.resolve(
        queries.map(({ topic, partition, at }) => {
          const offset = (at === 'earliest' ? look().starts : look().ends)?.[partition]
          return { topic, partition, ...(offset !== undefined && { offset }) }
        }),
      ),
  }
}

async function expect(
  text: string,
  looks: readonly Look[],
  more: Partial<Cluster> = {},
  signal = new AbortController().signal,
): Promise<ExpectedGroup & { readonly told: readonly string[] }> {
  const { file, block } = blockIn(`EXPECT GROUP billing\ntopic: orders\n${text}`)
  const system = {
    now: () => 0,
    random: () => 0,
    uuid: () => 'u',
    index: 0,
    run: 'r',
    cluster: 'c',
  }
  const filled = fillBlock(
    file,
    block,
    namesOf(file, newSession('r'), new Map()).context(system, undefined),
  )
  if ('problem' in filled) assert.fail(filled.problem.message)
  const planned = groupPlan(filled)
  if ('problem' in planned) assert.fail(planned.problem.message)
  const fake = fakeCluster({
    topics: { orders: 2 },
    groups: [groupOf('billing', { memberIds: ['m'] })],
  })
  const told: string[] = []
  const outcome = await expectGroup(planned.plan, {
    cluster: { ...fake.cluster, ...clusterOf(looks), ...more },
    clock: patientClock(0),
    signal,
    tell: text => void told.push(text),
  })
  return { ...outcome, told }
}

describe('EXPECT GROUP', () => {
  it('waits until it is so', async () => {
    const { status, told, captures } = await expect('assert: lag == 0\ncapture: at = committed', [
      { commits: [3n, 4n], ends: [5n, 4n] },
      { commits: [5n, 4n], ends: [5n, 5n] },
      { commits: [5n, 5n], ends: [5n, 5n] },
    ])
    assert.equal(status, 'passed')
    assert.deepEqual(captures, [['at', 10n]])
    assert.deepEqual(told, [
      'lag 2, Stable, 1 member, committed 7, end 9',
      'lag 1, Stable, 1 member, committed 9, end 10',
      'lag 0, Stable, 1 member, committed 10, end 10',
    ])
  })

  const unmet: readonly (readonly [string, string, Look, string])[] = [
    [
      'that is behind',
      'assert: lag == 0',
      { commits: [3n, 5n], ends: [5n, 5n] },
      'not so within 2s: lag == 0; group billing on orders: lag 2, Stable, 1 member, committed 8, end 10',
    ],
    [
      'that committed nothing',
      'assert: lag == 0',
      { commits: [], ends: [0n, 0n], starts: [0n, 0n] },
      'not so within 2s: lag == 0; group billing on orders: it has committed nothing for orders, Stable, 1 member',
    ],
    [
      'that committed nothing, whatever is asked',
      'assert: members == 1',
      { commits: [] },
      'not so within 2s: members == 1; group billing on orders: it has committed nothing for orders, Stable, 1 member',
    ],
    [
      'without a commit where there are records',
      'assert: lag < 100',
      { commits: [5n, undefined], ends: [5n, 3n], starts: [0n, 0n] },
      'not so within 2s: lag < 100; group billing on orders: lag unknown: partition 1 has records and no commit, Stable, 1 member, committed 5, end 8',
    ],
    [
      'whose end is not known',
      'assert: lag == 0',
      { commits: [5n, 5n], ends: [5n, undefined] },
      'not so within 2s: lag == 0; group billing on orders: lag unknown: the end of partition 1 is not known, Stable, 1 member, committed 10',
    ],
  ]
  for (const [what, text, look, expected] of unmet)
    it(`is not satisfied by a group ${what}`, async () => {
      const { status, failure } = await expect(`within: 2s\n${text}`, [look])
      assert.equal(status, 'failed')
      assert.equal(`${failure?.message}; ${failure?.read}`, expected)
    })

  it('is a run-time error where nobody can ask', async () => {
    const away = { fails: 'The coordinator is away.' }
    const { status, failure, problem } = await expect('within: 2s\nassert: lag == 0', [away])
    assert.deepEqual([status, failure], ['failed', undefined])
    assert.equal(problem?.message, 'The coordinator is away.')
    const back = await expect('within: 2s\nassert: lag == 0', [
      away,
      { commits: [1n, 1n], ends: [2n, 2n] },
    ])
    assert.equal(back.failure?.message, 'not so within 2s: lag == 0')
  })

  it('is one where a log end is asked for that nobody tells, and not for the members', async () => {
    const problem = { code: 'LEADER_NOT_AVAILABLE', message: 'Partition orders-1: no leader.' }
    const listOffsets: Cluster['listOffsets'] = queries =>
      Promise.resolve(
        queries.map(({ topic, partition }) =>
          partition === 1 ? { topic, partition, problem } : { topic, partition, offset: 5n },
        ),
      )
    const look = [{ commits: [5n, 5n] }]
    const lag = await expect('within: 2s\nassert: lag == 0', look, { listOffsets })
    assert.deepEqual(lag.problem, problem)
    const members = await expect('within: 2s\nassert: members == 3', look, { listOffsets })
    assert.equal(members.failure?.message, 'not so within 2s: members == 3')
  })

  it('takes an empty partition without a commit for one that is read', async () => {
    const look = { commits: [5n, undefined], ends: [5n, 7n], starts: [0n, 7n] }
    assert.equal((await expect('assert: lag == 0', [look])).status, 'passed')
  })

  it('does not take a commit beyond the end for less than nothing', async () => {
    const { seen } = await expect('assert: lag == 2', [{ commits: [9n, 3n], ends: [5n, 5n] }])
    assert.equal(seen.lag, 2n)
  })

  it('is not satisfied by a group that is not there', async () => {
    const problem = { code: 'GROUP_ID_NOT_FOUND', message: 'Group billing does not exist.' }
    const missing = { describeGroups: () => Promise.resolve([groupOf('billing', { problem })]) }
    const { failure } = await expect('within: 1s\nassert: state == "Dead"', [], missing)
    assert.equal(failure?.read, 'group billing on orders: Group billing does not exist')
  })

  it('asks the broker about a share group', async () => {
    const share = {
      describeGroups: () => Promise.resolve([groupOf('billing', { type: 'share' })]),
      shareGroupOffsets: () =>
        Promise.resolve([
          { topic: 'orders', partition: 0, lag: 0n },
          { topic: 'other', partition: 0, lag: 5n },
        ]),
    }
    assert.equal((await expect('assert: lag == 0', [], share)).status, 'passed')
  })

  it('is stopped', async () => {
    const { status } = await expect('assert: lag == 0', [{}], {}, AbortSignal.abort())
    assert.equal(status, 'stopped')
  })
})

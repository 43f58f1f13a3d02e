import type { GroupReading, PartitionReading, Verdict, VerdictKind } from '../../src/lag/reading.ts'

/** One verdict of each kind. */
export const VERDICTS: { readonly [K in VerdictKind]: Extract<Verdict, { kind: K }> } = {
  lost: { kind: 'lost', records: 1204n, logStartOffset: 89_324n },
  stopped: { kind: 'stopped', since: 1000 },
  stalled: { kind: 'stalled', since: 1000, observed: true, ownership: 'owned' },
  'no-leader': { kind: 'no-leader', since: 1000, problem: { code: 'X', message: 'No leader.' } },
  ahead: { kind: 'ahead', by: 7n },
  rewound: { kind: 'rewound', back: 96_200n, at: 1000, now: 'closing' },
  behind: { kind: 'behind', consumeRate: 4, produceRate: 6 },
  'no-commit': { kind: 'no-commit', ownership: 'owned', gone: { offset: 12n, at: 1000 } },
  unreadable: { kind: 'unreadable', problem: { code: 'X', message: 'Not allowed.' } },
  closing: { kind: 'closing' },
  measuring: { kind: 'measuring' },
  'not-reported': { kind: 'not-reported' },
  'topic-deleted': { kind: 'topic-deleted' },
  idle: { kind: 'idle' },
  fine: { kind: 'fine' },
}

export function partitionOf(
  name: string,
  verdict: VerdictKind = 'fine',
  more: Partial<PartitionReading> = {},
): PartitionReading {
  const dash = name.lastIndexOf('-')
  return {
    topic: name.slice(0, dash),
    partition: Number(name.slice(dash + 1)),
    owner: { memberId: 's-1-id', clientId: 's-1', host: '10.0.0.1' },
    ownership: 'owned',
    committedOffset: 90n,
    logStartOffset: 0n,
    logEndOffset: 100n,
    lag: 10n,
    lagIsBound: false,
    watchedSince: 0,
    verdict: VERDICTS[verdict],
    burrow: 'OK',
    ...more,
  }
}

/** A reading in which something is not known. */
export function without<K extends keyof PartitionReading>(
  key: K,
  partition: PartitionReading,
): Omit<PartitionReading, K> {
  const rest = Object.entries(partition).filter(([name]) => name !== key)
  return Object.fromEntries(rest) as Omit<PartitionReading, K>
}

export function groupOf(
  partitions: readonly PartitionReading[],
  more: Partial<GroupReading> = {},
): GroupReading {
  return {
    groupId: 'shipping',
    type: 'classic',
    state: 'Stable',
    manual: false,
    members: 1,
    at: 61_000,
    partitions,
    totalLag: 10n,
    totalIsPartial: false,
    burrow: 'OK',
    ...more,
  }
}

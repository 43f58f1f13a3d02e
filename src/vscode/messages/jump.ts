import * as vscode from 'vscode'
import { ProblemError } from '../../base/problem.ts'
import { count } from '../../lag/format.ts'
import type { RecordName } from '../../protocol/messages.ts'
import { logEnds, type PartitionLog } from './logEnds.ts'
import { parsePlace, type Place } from './place.ts'
import { readingFrom, topicReading, withProperties, withStart, type Reading } from './reading.ts'
import type { RecordSource } from './recordSource.ts'
import { consumerSettings } from './settings.ts'
import { STAYING } from '../pick/staying.ts'

export interface JumpingPanel {
  readonly reading: Reading
  readonly source: RecordSource
  start(reading: Reading): void
  revealRow(row: number, record?: RecordName): void
  revealRecord(name: RecordName): void
}

/**
 * Asks for an offset or a time and shows it: among the records that are held, else it is read from
 * there; for a block of a file in a view of its own, since the block says what is read here.
 */
export async function jump(panel: JumpingPanel, open: (reading: Reading) => void): Promise<void> {
  const place = await askPlace()
  if (!place) return
  if (place.kind === 'time') await jumpToTime(panel, place, open)
  else await jumpToOffset(panel, place, open)
}

async function askPlace(): Promise<Place | undefined> {
  const text = await vscode.window.showInputBox({
    title: 'Jump To',
    prompt: 'An offset, a partition and an offset (2:1500), a date, a time, or a span (now-15m)',
    placeHolder: '2:1500',
    ...STAYING,
    validateInput: input => {
      if (input.trim() === '') return undefined
      const place = parsePlace(input, consumerSettings())
      return 'wrong' in place ? place.wrong : undefined
    },
  })
  if (text === undefined || text.trim() === '') return undefined
  const place = parsePlace(text, consumerSettings())
  return 'wrong' in place ? undefined : place
}

async function jumpToTime(
  panel: JumpingPanel,
  { timestamp, text }: Extract<Place, { kind: 'time' }>,
  open: (reading: Reading) => void,
): Promise<void> {
  const row = await heldRow(panel.source, timestamp)
  if (row !== undefined) {
    panel.revealRow(row)
    return
  }
  const { reading } = panel
  if (reading.adjustable) panel.start(withStart(reading, text))
  else open(withProperties(topicReading(reading.clusterId, panel.source.topic), { from: text }))
}

/** The row of a time that lies among the held ones; before the first, others may not be held. */
async function heldRow({ view }: RecordSource, timestamp: number): Promise<number | undefined> {
  const row = await view?.locate({ timestamp })
  if (!view || row === undefined) return undefined
  const { dropped, progress } = view.state
  const holdsAll =
    dropped === 0 &&
    progress.every(
      ({ startOffset, logStartOffset }) =>
        logStartOffset !== undefined && startOffset <= logStartOffset,
    )
  return row > dropped || holdsAll ? row : undefined
}

async function jumpToOffset(
  panel: JumpingPanel,
  { offset, partition: named }: Extract<Place, { kind: 'offset' }>,
  open: (reading: Reading) => void,
): Promise<void> {
  const { source, reading } = panel
  const partition = named ?? (await choosePartition(source, offset))
  if (partition === undefined) return
  const name = { partition, offset }
  const row = await source.view?.locate(name)
  if (row !== undefined) {
    panel.revealRow(row, name)
    return
  }
  if (reading.adjustable) {
    const from = withStart(reading, offset)
    panel.start(withProperties(from, { partitions: String(partition), to: '' }))
    panel.revealRecord(name)
  } else open(readingFrom(reading.clusterId, source.topic, partition, offset))
}

/** Ms that the brokers have to tell which partitions have the offset. */
const DEADLINE = 15_000

/** The partition that an offset without one is meant in: those that have it are asked about. */
async function choosePartition(source: RecordSource, offset: string): Promise<number | undefined> {
  const signal = AbortSignal.timeout(DEADLINE)
  const cluster = await source.connect(signal)
  const logs = (await logEnds(cluster, source.topic, signal)).filter(log => mayHave(log, offset))
  const [only] = logs
  if (!only)
    throw new ProblemError({
      code: 'no-offset',
      message: `No partition of ${source.topic} has offset ${count(BigInt(offset))}.`,
    })
  if (logs.length === 1) return only.partition
  const chosen = await vscode.window.showQuickPick(
    logs.map(({ partition, logStartOffset, logEndOffset }) => ({
      partition,
      label: `Partition ${partition}`,
      description:
        logStartOffset === undefined || logEndOffset === undefined
          ? ''
          : `${count(logStartOffset)} to ${count(logEndOffset - 1n)}`,
    })),
    {
      ...STAYING,
      title: 'Jump To',
      placeHolder: `Offset ${count(BigInt(offset))} of which partition?`,
    },
  )
  return chosen?.partition
}

function mayHave({ logStartOffset, logEndOffset }: PartitionLog, offset: string): boolean {
  const wanted = BigInt(offset)
  return (
    (logStartOffset === undefined || wanted >= logStartOffset) &&
    (logEndOffset === undefined || wanted < logEndOffset)
  )
}

/**
 * `records-from` with a file of a million lines from start to exit, beside `kcat -P -l`: the same
 * file, a topic of its own each time, and the records in it counted.
 */
import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { jsonOf } from './data.ts'
import { median } from './median.ts'
import type { Place } from './place.ts'
import { run, type Ran } from './programs.ts'
import { deleteTopic, endOffset, makeTopic } from './topics.ts'

const BYTES = 100
/** Distinct ones. */
const DISTINCT = 30_000

export const WAYS = ['lines', 'keyed', 'csv', 'kcat'] as const
export type Way = (typeof WAYS)[number]

/** What is measured fewer times. */
const RARE: ReadonlySet<Way> = new Set(['keyed', 'csv'])

/** Medians; memory is the greatest of all rounds. */
export interface Speed {
  readonly ms: number
  readonly recordsPerSecond: number
  readonly peakRssMb?: number
}

export interface Sizes {
  readonly records: number
  readonly rounds: number
  readonly rareRounds: number
}

export async function recordsFrom(
  kafkafile: string,
  place: Place,
  { records, rounds, rareRounds }: Sizes,
): Promise<Readonly<Record<Way, Speed>>> {
  const { folder } = place
  await writeFiles(folder, records)
  const found: Record<Way, Ran[]> = { lines: [], keyed: [], csv: [], kcat: [] }
  for (let round = 0; round < rounds; round++) {
    for (const way of WAYS) {
      if (RARE.has(way) && round >= rareRounds) continue
      const topic = `bench-${way}-${round}`
      await makeTopic(topic, place)
      found[way].push(await send(way, topic, kafkafile, place))
      const written = await endOffset(topic, place)
      if (written !== records) throw new Error(`${way}: ${written} of ${records} were written`)
      await deleteTopic(topic, place)
    }
  }
  const speedOf = (way: Way): Speed => {
    const ms = median(found[way].map(each => each.ms))
    const peaks = found[way].flatMap(({ peakRssMb }) => peakRssMb ?? [])
    return {
      ms,
      recordsPerSecond: records / (ms / 1000),
      ...(peaks.length > 0 && { peakRssMb: Math.max(...peaks) }),
    }
  }
  return {
    lines: speedOf('lines'),
    keyed: speedOf('keyed'),
    csv: speedOf('csv'),
    kcat: speedOf('kcat'),
  }
}

const BLOCKS: Readonly<Record<Exclude<Way, 'kcat'>, string>> = {
  lines: 'records-from: file(./lines.jsonl)\n',
  keyed: 'records-from: file(./lines.jsonl)\nkey-from: value.id\n',
  csv: 'records-from: file(./lines.csv)\nkey: {{id}}\n',
}

async function send(
  way: Way,
  topic: string,
  kafkafile: string,
  { folder, bootstrapServers }: Place,
): Promise<Ran> {
  if (way === 'kcat') {
    const args = ['-P', '-b', bootstrapServers, '-t', topic, '-l', join(folder, 'lines.jsonl')]
    return run('kcat', args, { folder })
  }
  const file = join(folder, `${way}.kafka`)
  await writeFile(file, `PRODUCER\ntopic: ${topic}\n${BLOCKS[way]}`)
  const args = [kafkafile, 'run', file, '--brokers', bootstrapServers, '--quiet']
  return run(process.execPath, args, { folder })
}

/** JSON lines, and the same records as a table. */
async function writeFiles(folder: string, records: number): Promise<void> {
  const next = jsonOf({ bytes: BYTES })
  const distinct = Array.from({ length: Math.min(DISTINCT, records) }, next)
  const rows = distinct.map(line => Object.values(JSON.parse(line) as object).join())
  const columns = Object.keys(JSON.parse(distinct[0] ?? '{}') as object).join()
  await writeRepeated(join(folder, 'lines.jsonl'), '', distinct, records)
  await writeRepeated(join(folder, 'lines.csv'), `${columns}\n`, rows, records)
}

async function writeRepeated(
  path: string,
  head: string,
  lines: readonly string[],
  count: number,
): Promise<void> {
  const file = createWriteStream(path)
  file.write(head)
  for (let left = count; left > 0; left -= lines.length) {
    const some = lines.slice(0, left)
    if (!file.write(`${some.join('\n')}\n`)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'close')
}

/** A passing PRODUCER and EXPECT from start to exit, beside `kcat -P` followed by `kcat -C -c 1`. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { median } from './median.ts'
import type { Place } from './place.ts'
import { run } from './programs.ts'
import { endOffset, makeTopic } from './topics.ts'

const ROUNDS = 11
const OURS = 'bench-trip-ours'
const KCATS = 'bench-trip-kcat'

const REQUESTS = `PRODUCER sent
topic: ${OURS}
key: {{$run}}
{ "id": "{{$run}}", "total": 19.98 }
###
EXPECT
topic: ${OURS}
key: {{$run}}
assert: value.total > 19.97
{ "id": "{{$run}}", "total": "#number" }
`

/** Medians, ms. */
export interface RoundTrip {
  readonly kafkafile: number
  /** Of it, the EXPECT: from its start to its match. */
  readonly expect: number
  readonly kcat: number
}

export async function roundTrip(kafkafile: string, place: Place): Promise<RoundTrip> {
  const { folder, bootstrapServers } = place
  for (const topic of [OURS, KCATS]) await makeTopic(topic, place)
  const file = join(folder, 'trip.kafka')
  const report = join(folder, 'trip.json')
  await writeFile(file, REQUESTS)
  const ours = [kafkafile, 'run', file, '--brokers', bootstrapServers, '--report', `json=${report}`]
  const kcat = ['-b', bootstrapServers, '-t', KCATS]
  const times = { kafkafile: [] as number[], expect: [] as number[], kcat: [] as number[] }
  // The first round warms the broker up.
  for (let round = -1; round < ROUNDS; round++) {
    const own = await run(process.execPath, ours, { folder })
    const sent = await run('kcat', ['-P', ...kcat], { folder, input: `{"id":${round}}` })
    const read = await run('kcat', ['-C', ...kcat, '-o', '-1', '-c', '1'], { folder })
    if (round < 0) continue
    times.kafkafile.push(own.ms)
    times.expect.push(await expectMs(report))
    times.kcat.push(sent.ms + read.ms)
  }
  for (const topic of [OURS, KCATS]) {
    const records = await endOffset(topic, place)
    if (records !== ROUNDS + 1) throw new Error(`${topic} has ${records} records`)
  }
  const { expect } = times
  return { kafkafile: median(times.kafkafile), expect: median(expect), kcat: median(times.kcat) }
}

async function expectMs(report: string): Promise<number> {
  const { files } = JSON.parse(await readFile(report, 'utf8')) as {
    files: { blocks: { kind: string; status: string; milliseconds: number }[] }[]
  }
  const block = files.flatMap(({ blocks }) => blocks).find(({ kind }) => kind === 'EXPECT')
  if (block?.status !== 'passed') throw new Error('the EXPECT did not pass')
  return block.milliseconds
}

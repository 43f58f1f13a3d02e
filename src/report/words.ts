import type { Problem } from '../base/problem.ts'
import type { BlockResult, ExpectedSummary, ProducedSummary } from '../run/results.ts'

/** `1,204`. */
export function counted(n: number | bigint, one: string): string {
  return `${digitsOf(n)} ${one}${BigInt(n) === 1n ? '' : 's'}`
}

function digitsOf(n: number | bigint): string {
  return n.toString().replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `14 ms`, `2.1 s`, `3 min 42 s`. */
export function lasting(ms: number): string {
  const whole = Math.max(0, Math.round(ms))
  if (whole < 1000) return `${whole} ms`
  if (whole < 59_950) return `${(whole / 1000).toFixed(1)} s`
  const seconds = Math.round(whole / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** What is wrong and what to do about it. */
export function sentencesOf({ message, advice }: Problem): string {
  return advice === undefined ? message : `${message} ${advice}`
}

/** What a block did, in numbers: `partition 2 · offset 881 · 14 ms`. */
export function numbersOf(result: BlockResult): string {
  const parts = [...detailsOf(result), lasting(result.milliseconds)]
  return parts.filter(part => part !== '').join(' · ')
}

function detailsOf({ details }: BlockResult): readonly string[] {
  switch (details.kind) {
    case 'none':
      return []
    case 'produced':
      return producedWords(details)
    case 'consumed': {
      const { read, matched, output } = details
      return [
        `${counted(read, 'record')} read`,
        matched === read ? '' : `${counted(matched, 'record')} matched`,
        output === undefined ? '' : `written to ${output}`,
      ]
    }
    case 'expected':
      return expectedWords(details)
    case 'group':
      return [`lag ${details.lag ?? 'unknown'}`, details.state ?? '']
    case 'topic':
      return [`${details.topic} ${TOPIC_WORDS[details.did]}`]
  }
}

const TOPIC_WORDS = { created: 'created', kept: 'is there', recreated: 'created anew' } as const

function producedWords({ sent, acknowledged, last, topic }: ProducedSummary): readonly string[] {
  const place =
    last &&
    `partition ${last.partition}${last.offset === undefined ? '' : ` · offset ${last.offset}`}`
  if (acknowledged < sent) {
    const share = `${digitsOf(acknowledged)} of ${counted(sent, 'record')} acknowledged`
    return place === undefined ? [share] : [share, `last ${place}`]
  }
  if (sent === 1) return [place ?? '1 record sent']
  const all = `${counted(sent, 'record')} to ${topic}`
  return place === undefined ? [all] : [all, `last ${place}`]
}

function expectedWords({ read, matched, record }: ExpectedSummary): readonly string[] {
  if (!record) return [`${digitsOf(matched)} of ${counted(read, 'record')} matched`]
  return [
    matched > 1 ? counted(matched, 'record') : '',
    `partition ${record.partition}`,
    `offset ${record.offset}`,
    record.latency === undefined ? '' : `latency ${lasting(record.latency)}`,
  ]
}

import { setTimeout as sleep } from 'node:timers/promises'
import { aborted } from './keep.ts'

/** Of Node, as the client demands it. */
const OLDEST = [22, 22]

/** Milliseconds that leaving the group may take. */
const PATIENCE = 2000

/** Why the group `audit` cannot take part here; `undefined` when it can. */
export function whyNoAudit(nodeVersion: string): string | undefined {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number)
  const [oldest = 0, oldestMinor = 0] = OLDEST
  if (major > oldest || (major === oldest && minor >= oldestMinor)) return undefined
  return `audit is left out: its client needs Node ${OLDEST.join('.')}, this is ${nodeVersion}`
}

/**
 * Takes part in the group `audit` by the KIP-848 protocol, which kafkajs does not speak, until the
 * signal aborts. Its client is loaded only here.
 */
export async function runAudit(brokers: string[], signal: AbortSignal): Promise<void> {
  const { Consumer, stringDeserializers } = await import('@platformatic/kafka')
  const consumer = new Consumer({
    groupId: 'audit',
    clientId: 'audit-1',
    bootstrapBrokers: brokers,
    groupProtocol: 'consumer',
    deserializers: stringDeserializers,
  })
  try {
    const stream = await consumer.consume({
      topics: ['orders', 'payments'],
      mode: 'committed',
      fallbackMode: 'earliest',
      autocommit: 1000,
    })
    const failed = new Promise<never>((_, reject) => {
      stream.on('error', reject)
      stream.on('close', () => reject(new Error('the stream of records ended')))
    })
    stream.on('data', () => undefined)
    await Promise.race([failed, aborted(signal)])
  } finally {
    // It waits for a broker that may be gone.
    await Promise.race([consumer.close(true).catch(() => undefined), sleep(PATIENCE)])
  }
}

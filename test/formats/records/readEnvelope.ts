import assert from 'node:assert/strict'
import type { KafkaRecord } from '../../../src/kafka/record.ts'
import { scanTemplates } from '../../../src/language/template.ts'

/** What the lines of `records: envelope` send, by the rules that `envelopeLine` states. */
export function readEnvelope(
  text: string,
): readonly Pick<KafkaRecord, 'key' | 'value' | 'headers'>[] {
  assert.ok(!text.includes('{{') && scanTemplates(text).parts.length <= 1)
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const { key, value, headers } = JSON.parse(line) as Line
      return {
        key: sent(key),
        value: sent(value),
        headers: headers.map(([name, content]): [string, Uint8Array | null] => [
          name,
          sent(content),
        ]),
      }
    })
}

interface Line {
  readonly key: unknown
  readonly value: unknown
  readonly headers: readonly [string, unknown][]
}

function sent(content: unknown): Uint8Array | null {
  if (content === null) return null
  if (typeof content === 'string') return Buffer.from(content)
  if (typeof content === 'object' && '$base64' in content) {
    return Buffer.from(String(content.$base64), 'base64')
  }
  return Buffer.from(JSON.stringify(content))
}

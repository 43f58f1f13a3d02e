import { utf8TextOf } from '../formats/encodings.ts'
import type { ConsumerOutput, OutputFormat } from './consumerOutput.ts'
import type { Redaction } from './redaction.ts'

/**
 * The output of a CONSUMER, printed or in a file, with `***` in the place of each secret of the run.
 * JSON stays JSON: what is no text, such as a number, becomes one.
 */
export function withoutSecrets(
  output: ConsumerOutput,
  format: OutputFormat,
  redaction: Redaction,
): ConsumerOutput {
  const isJson = format === 'json' || format === 'jsonl'
  const hide = (bytes: Uint8Array) => hidden(bytes, isJson, redaction)
  return {
    head: hide(output.head),
    chunk: records => hide(output.chunk(records)),
    end: () => hide(output.end()),
  }
}

const encoder = new TextEncoder()

function hidden(bytes: Uint8Array, isJson: boolean, redaction: Redaction): Uint8Array {
  if (redaction.empty) return bytes
  // Bytes that are no UTF-8 are lost only where a secret stands beside them.
  const text = utf8TextOf(bytes) ?? new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  const without = redaction.text(text)
  if (without === text) return bytes
  return encoder.encode(isJson ? quoted(without) : without)
}

/** Stars outside of strings, with what is left of a number around them, as a string. */
function quoted(json: string): string {
  const strings = /"(?:[^"\\\n]|\\.)*"/
  const stars = /[-+.\w]*\*\*\*[-+.\w*]*/
  const either = new RegExp(`${strings.source}|${stars.source}`, 'g')
  return json.replace(either, found => (found.startsWith('"') ? found : '"***"'))
}

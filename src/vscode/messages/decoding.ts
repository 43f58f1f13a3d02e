import { AUTO, type Format, type RecordFormats } from '../../kafka/format.ts'
import { parseFormat } from '../../language/values/formats.ts'
import type { DecodeAs } from '../../protocol/messages.ts'

/** A format as a `.kafka` file writes it: `string(base64)`. */
export function formatText({ name, parameters }: Format): string {
  return parameters.length === 0 ? name : `${name}(${parameters.join(', ')})`
}

export function decodeAsOf({ key, value }: RecordFormats): DecodeAs {
  return { key: formatText(key), value: formatText(value) }
}

/** What is written, as formats; what names none is decoded as `auto`. */
export function formatsOf(decodeAs: DecodeAs): RecordFormats {
  return { key: formatOf(decodeAs.key), value: formatOf(decodeAs.value) }
}

/** Those of the parts that are named. */
export function someFormats(decodeAs: Partial<DecodeAs>): Partial<RecordFormats> {
  const { key, value } = decodeAs
  return {
    ...(key !== undefined && { key: formatOf(key) }),
    ...(value !== undefined && { value: formatOf(value) }),
  }
}

function formatOf(text: string): Format {
  const parsed = parseFormat(text, 'reading')
  return parsed.ok ? parsed.value : AUTO
}

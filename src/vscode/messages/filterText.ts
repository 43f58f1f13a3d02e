import type { RecordFilter } from '../../kafka/filter.ts'
import type { RecordFormats } from '../../kafka/format.ts'
import type { FilterCheck } from '../../protocol/messages.ts'

/** What a text in the filter field is, without running it. */
export function checkFilter(text: string): FilterCheck {
  const wanted = textOf(text)
  return wanted === undefined ? { kind: 'none' } : { kind: 'text', exact: wanted.exact }
}

/** Which records a text in the filter field asks for; undefined: all of them. */
export function recordFilter(
  text: string | undefined,
  formats: RecordFormats,
): RecordFilter | undefined {
  const wanted = textOf(text ?? '')
  return wanted && { text: { text: wanted.text, ignoreCase: !wanted.exact }, formats }
}

function textOf(text: string): { readonly text: string; readonly exact: boolean } | undefined {
  const trimmed = text.trim()
  if (trimmed === '') return undefined
  const quoted = /^"(.+)"$/.exec(trimmed)?.[1]
  return quoted === undefined ? { text: trimmed, exact: false } : { text: quoted, exact: true }
}

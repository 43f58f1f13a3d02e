import type { RecordFilter } from '../../kafka/filter.ts'
import type { RecordFormats } from '../../kafka/format.ts'
import type { FilterCheck } from '../../protocol/messages.ts'

/** What a text in the filter field is, without running it. */
export async function checkFilter(text: string): Promise<FilterCheck> {
  if (text.trim() === '') return { kind: 'none' }
  const { filterOf } = await import('../lazy/expression.ts')
  const meant = filterOf(text)
  switch (meant.kind) {
    case 'text':
      return { kind: 'text', exact: !meant.filter.ignoreCase }
    case 'expression':
      return { kind: 'expression', paths: meant.paths }
    case 'none':
    case 'error':
      return meant
  }
}

/**
 * Which records a text in the filter field asks for; undefined: all of them. What does not compile
 * is a message.
 */
export async function recordFilter(
  text: string | undefined,
  formats: RecordFormats,
): Promise<RecordFilter | { readonly wrong: string } | undefined> {
  if (text === undefined || text.trim() === '') return undefined
  const { filterOf } = await import('../lazy/expression.ts')
  const meant = filterOf(text)
  switch (meant.kind) {
    case 'none':
      return undefined
    case 'text':
      return { text: meant.filter, formats }
    case 'expression':
      return { expressions: [meant.expression], formats }
    case 'error':
      return { wrong: meant.message }
  }
}

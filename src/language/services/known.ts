import { declaredOf } from '../declared.ts'
import { schemaFieldsOf } from '../schemaFields.ts'
import { settingsOf } from '../settings.ts'
import type { Block, KafkaFile } from '../tree.ts'
import { parseHeader, parseHeaders } from '../values/headers.ts'
import { parseSchema } from '../values/schemas.ts'
import type { CompletionKnowledge, JsonField } from './offers.ts'

/** The fields of the values that a block sends or reads: of its schema, then of records that were seen. */
export function fieldsFor(
  file: KafkaFile,
  block: Block,
  { fieldsOf, schemaText }: CompletionKnowledge,
): readonly JsonField[] {
  const settings = settingsOf(file)
  const topic = settings.one(block, 'topic')?.value ?? ''
  const written = settings.one(block, 'value-schema')?.value
  const schema = written ? parseSchema(written) : undefined
  const text =
    !schema?.ok || (schema.value.kind !== 'inline' && schema.value.kind !== 'file')
      ? undefined
      : schema.value.kind === 'inline'
        ? schema.value.text
        : schemaText?.(schema.value.path)
  return [...(text === undefined ? [] : schemaFieldsOf(text)), ...(fieldsOf?.(topic) ?? [])]
}

/** The headers of the records that a block reads: those that the file sends, and those that were seen. */
export function headersFor(
  file: KafkaFile,
  block: Block,
  { headersOf }: CompletionKnowledge,
): readonly string[] {
  const topic = settingsOf(file).one(block, 'topic')?.value ?? ''
  const names = new Set(file.blocks.flatMap(each => (each === block ? [] : headersOfBlock(each))))
  for (const name of headersOf?.(topic) ?? []) names.add(name)
  return [...names]
}

/** The headers that a named block sends. */
export function headersOfNamed(file: KafkaFile, name: string): readonly string[] {
  const blocks = declaredOf(file).blocks.get(name) ?? []
  return [...new Set(blocks.flatMap(headersOfBlock))]
}

function headersOfBlock({ kind, properties }: Block): readonly string[] {
  if (kind !== 'PRODUCER' && kind !== 'DEFAULTS') return []
  return properties.flatMap(({ name, value = '' }) => {
    const headers =
      name === 'headers' ? parseHeaders(value) : name === 'header' ? [parseHeader(value)] : []
    return headers.flatMap(header => {
      const text = header?.name.text ?? ''
      return text === '' || text.includes('{{') ? [] : [text]
    })
  })
}

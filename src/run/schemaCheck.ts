import type { Problem } from '../base/problem.ts'
import type { compileJsonSchema } from '../formats/jsonSchema.ts'
import type { KnownSchema, Knowledge } from '../language/check/knowledge.ts'

/** The text of a file that a schema names, or why it is not to be had. */
export type SchemaFile = { readonly text: string } | { readonly problem: Problem }

/** Schemas that are kept ready: a file that is being written is checked with each pause. */
const MOST_KEPT = 100

/**
 * Tells the checks of the language what is wrong with a schema, and with a JSON value that has to
 * fit it (K211, K212). `fileOf` is undefined for a file that is not read yet. Without `compile`,
 * whose library is loaded on first use, only what is not there is told.
 */
export function newSchemaCheck(
  fileOf: (path: string) => SchemaFile | undefined,
  compile?: typeof compileJsonSchema,
): NonNullable<Knowledge['schemaOf']> {
  const kept = new Map<string, KnownSchema>()
  const compiled = (text: string) => {
    const known = kept.get(text)
    if (known || !compile) return known
    const schema = knownOf(compile(text))
    if (kept.size >= MOST_KEPT) kept.clear()
    kept.set(text, schema)
    return schema
  }
  return (schema, format) => {
    if (schema.kind === 'registry' || schema.kind === 'id') return undefined
    const file = schema.kind === 'file' ? fileOf(schema.path) : { text: schema.text }
    if (!file) return undefined
    if ('problem' in file) return { problem: sentencesOf(file.problem) }
    return format === 'json' || format === 'json-schema' ? compiled(file.text) : {}
  }
}

function knownOf(compiled: ReturnType<typeof compileJsonSchema>): KnownSchema {
  if ('schema' in compiled) return { mismatch: json => compiled.schema.check(json) }
  const { message, advice, detail } = compiled.problem
  return { problem: detail === undefined ? sentencesOf({ message, advice }) : unusable(detail) }
}

function unusable(detail: string): string {
  return `This JSON Schema cannot be used: ${detail.replace(/\.$/, '')}.`
}

function sentencesOf({
  message,
  advice,
}: {
  readonly message: string
  readonly advice?: string | undefined
}): string {
  return advice === undefined ? message : `${message} ${advice}`
}

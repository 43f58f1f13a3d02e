import { Ajv, type ErrorObject, type Options } from 'ajv'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Problem } from '../base/problem.ts'

/** Checks texts against one JSON Schema. */
export interface JsonSchema {
  /** What is wrong with a JSON text, by the first thing that does not fit; `undefined`: nothing. */
  check(text: string): JsonMismatch | undefined
}

export interface JsonMismatch extends Problem {
  /** The names and indexes that lead to what does not fit. */
  readonly path: readonly string[]
}

/**
 * Makes a JSON Schema ready for use: drafts 6 and 7, 2019-09 and 2020-12, by `$schema`; draft 7
 * without one. `format` is an annotation and is not checked. This file brings a library along:
 * import it on first use.
 */
export function compileJsonSchema(
  schemaText: string,
): { readonly schema: JsonSchema } | { readonly problem: Problem } {
  try {
    const schema: unknown = JSON.parse(schemaText)
    if (!isSchema(schema)) return refused('A JSON Schema is an object, true or false.')
    const validate = validatorFor(schema).compile(schema)
    return {
      schema: {
        check(text) {
          const value = parsed(text)
          if (!value) return { code: 'K211', message: 'Invalid JSON value.', path: [] }
          if (validate(value.json)) return undefined
          const [error] = validate.errors ?? []
          return { code: 'K211', message: sentenceOf(error), path: error ? pathOf(error) : [] }
        },
      },
    }
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error))
  }
}

function isSchema(schema: unknown): schema is Record<string, unknown> | boolean {
  return (
    typeof schema === 'boolean' ||
    (typeof schema === 'object' && schema !== null && !Array.isArray(schema))
  )
}

function refused(detail: string): { readonly problem: Problem } {
  return {
    problem: {
      code: 'K212',
      message: 'The JSON Schema in "value-schema:" cannot be used.',
      advice: 'Correct the schema, or leave "value-schema:" out.',
      detail,
    },
  }
}

const OPTIONS: Options = { strict: false, validateFormats: false, logger: false }

function validatorFor(schema: Record<string, unknown> | boolean): Pick<Ajv, 'compile'> {
  const dialect = typeof schema === 'boolean' ? undefined : schema['$schema']
  const name = typeof dialect === 'string' ? dialect : ''
  if (name.includes('2020-12')) return new Ajv2020(OPTIONS)
  if (name.includes('2019-09')) return new Ajv2019(OPTIONS)
  const ajv = new Ajv(OPTIONS)
  if (name.includes('draft-06')) {
    // Draft 7 only adds to draft 6; its own meta-schema is not needed to check values.
    ajv.addMetaSchema({ $id: 'http://json-schema.org/draft-06/schema#' })
  }
  return ajv
}

function parsed(text: string): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/** `JSON value must have required property 'id'.`, `JSON value at 'items.0.id' must be string.` */
function sentenceOf(error: ErrorObject | undefined): string {
  if (!error) return 'JSON value does not match the schema.'
  const path = stepsOf(error).join('.')
  const where = path === '' ? '' : ` at '${path}'`
  return `JSON value${where} ${error.message ?? 'does not match the schema'}${detailOf(error)}.`
}

function stepsOf({ instancePath }: ErrorObject): readonly string[] {
  return instancePath === '' ? [] : instancePath.slice(1).split('/').map(unescaped)
}

/** What is too much is itself the place. */
function pathOf(error: ErrorObject): readonly string[] {
  const extra: unknown = error.params['additionalProperty']
  return [...stepsOf(error), ...(typeof extra === 'string' ? [extra] : [])]
}

function unescaped(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~')
}

/** What ajv's own message leaves out. */
function detailOf({ keyword, params }: ErrorObject): string {
  if (keyword === 'additionalProperties') return `: '${String(params['additionalProperty'])}'`
  if (keyword !== 'enum') return ''
  const allowed = JSON.stringify(params['allowedValues'])
  return `: ${allowed.length > 80 ? `${allowed.slice(0, 80)}…` : allowed}`
}

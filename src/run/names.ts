import { problemOf, type Problem } from '../base/problem.ts'
import { sourceOf, type NameScope } from '../language/names.ts'
import { settingsOf } from '../language/settings.ts'
import { callOf, scanTemplates, type TemplateCall } from '../language/template.ts'
import type { Block, KafkaFile } from '../language/tree.ts'
import { parseCapture } from '../language/values/captures.ts'
import { definitionsOf } from '../language/vocabulary.ts'
import type { GivenValue, RunPorts } from './ports.ts'
import { asksForSecret } from './prompts.ts'
import { OUTSIDE, outsideKey, type Session } from './session.ts'
import { needsFaker } from './templates.ts'

/** What the templates of a block ask for, over the variables and given values in them. */
export interface Used {
  /** `$secret`, `$prompt`, … with their arguments. */
  readonly outside: readonly TemplateCall[]
  readonly captures: ReadonlySet<string>
  readonly blocks: ReadonlySet<string>
  /** Whether faker is asked for something. */
  readonly faker: boolean
}

export function usedBy(
  file: KafkaFile,
  block: Block,
  scope: NameScope,
  given: ReadonlyMap<string, GivenValue>,
): Used {
  const used = {
    outside: [] as TemplateCall[],
    captures: new Set<string>(),
    blocks: new Set<string>(),
    faker: false,
  }
  const variables = new Map(file.variables.map(({ name, value }) => [name, value]))
  const seen = new Set<string>()
  const visit = (text: string) => {
    used.faker ||= text.includes('{{') && needsFaker(text, scope)
    for (const call of callsIn(text)) {
      const source = sourceOf(call, scope)
      if (source === 'system') {
        if (OUTSIDE.has(call.name)) used.outside.push(call)
      } else if (source === 'block') used.blocks.add(call.name.split('.')[0] ?? call.name)
      else if (source === 'capture') used.captures.add(call.name)
      if (source === undefined || seen.has(call.name)) continue
      seen.add(call.name)
      if (source === 'variable' || source === 'given' || source === 'capture') {
        visit(variables.get(call.name) ?? '')
        const value = given.get(call.name)
        if (value?.templates) visit(value.text)
      }
    }
  }
  for (const text of textsOf(file, block)) visit(text)
  return used
}

/** All texts of a block in which templates count, with those of DEFAULTS. */
function textsOf(file: KafkaFile, block: Block): readonly string[] {
  const settings = settingsOf(file)
  const values = definitionsOf(block.kind).flatMap(({ name, kind }) =>
    kind === 'schema' ? [] : settings.all(block, name).map(({ value = '' }) => value),
  )
  return [...values, block.body?.text ?? '', block.group?.text ?? '']
}

function callsIn(text: string): readonly TemplateCall[] {
  if (!text.includes('{{')) return []
  return scanTemplates(text).parts.flatMap(part => {
    const call = part.kind === 'expression' ? callOf(part.text) : undefined
    return call ? [call] : []
  })
}

/** The names that a block captures. */
export function capturedBy(file: KafkaFile, block: Block): readonly string[] {
  return settingsOf(file)
    .all(block, 'capture')
    .flatMap(({ value = '' }) => parseCapture(value)?.name.text ?? [])
}

/**
 * K304: what a block uses and no block before it in this run, nor in the session, brings. A capture
 * that hides a variable or a given value is that one until it is captured.
 */
export function notBrought(
  used: Used,
  brought: { readonly captures: ReadonlySet<string>; readonly blocks: ReadonlySet<string> },
  session: Session,
  otherwise: ReadonlySet<string>,
): Problem | undefined {
  for (const name of used.captures) {
    const [first = name] = name.split('.')
    const isThere = [name, first].some(
      each => brought.captures.has(each) || session.captures.has(each) || otherwise.has(each),
    )
    if (!isThere) return notThere(name, 'the block that captures it has to run before')
  }
  for (const name of used.blocks)
    if (!brought.blocks.has(name) && !session.records.has(name))
      return notThere(`${name}.…`, `block "${name}" has to run before`)
  return undefined
}

function notThere(name: string, why: string): Problem {
  return { code: 'K304', message: `"{{${name}}}" is not known here: ${why}.` }
}

/** Fetched once for a session; the others may have changed since the last run. */
const ONCE: ReadonlySet<string> = new Set(['$secret', '$prompt'])

/**
 * Fetches what stands outside the file, one after the other: a person answers one question at a
 * time. The problem is about the first that is not there (K301, K306).
 */
export async function fetchOutside(
  calls: readonly TemplateCall[],
  session: Session,
  ports: RunPorts,
  signal: AbortSignal,
): Promise<Problem | undefined> {
  const fetched = new Set<string>()
  for (const { name, rest } of calls) {
    const key = outsideKey(name, rest)
    if (fetched.has(key) || (ONCE.has(name) && session.outside.has(key))) continue
    fetched.add(key)
    try {
      const text = await valueOf(name, unquoted(rest), ports, signal)
      if (text === undefined) return missing(name, rest)
      if (name === '$secret' || (name === '$prompt' && asksForSecret(rest)))
        session.redaction.add(text)
      session.outside.set(key, { text })
    } catch (error) {
      return problemOf(error)
    }
  }
  return undefined
}

function unquoted(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/, '$2')
}

async function valueOf(
  name: string,
  argument: string,
  { values, files }: RunPorts,
  signal: AbortSignal,
): Promise<string | undefined> {
  switch (name) {
    case '$env':
      return values.environment(argument)
    case '$dotenv':
      return values.dotenv(argument)
    case '$secret':
      return values.secret(argument)
    case '$prompt':
      return values.prompt(argument, signal)
    case '$file':
      return files.text(argument)
    default:
      return undefined
  }
}

function missing(name: string, argument: string): Problem {
  const written = `"{{${name} ${argument}}}"`
  switch (name) {
    case '$secret':
      return {
        code: 'K306',
        message: `${written} is not defined: there is no secret of that name.`,
        advice: 'Store it, or give it to the command line with --secrets-file.',
      }
    case '$prompt':
      return {
        code: 'K306',
        message: `${written} is not defined: nobody answered.`,
        advice: 'Where nobody can be asked, give it as a variable.',
      }
    case '$dotenv':
      return { code: 'K301', message: `${written} is not defined: the .env file has no such name.` }
    default:
      return { code: 'K301', message: `${written} is not defined: there is no such variable.` }
  }
}

import type { Faker } from '@faker-js/faker'
import type { Problem } from '../base/problem.ts'
import type { PlainValue } from '../expression/plain.ts'
import { legacyFakerOf, type LegacyFaker } from '../language/legacyFaker.ts'
import { isFakerName, nearestName, sourceOf, type NameScope } from '../language/names.ts'
import {
  callOf,
  scanTemplates,
  type TemplateCall,
  type TemplateExpression,
} from '../language/template.ts'
import { fake, type Faked } from './faker.ts'
import { systemValue, type SystemContext } from './systemValues.ts'
import { legacyCall } from '../language/legacyCall.ts'

export type Evaluated =
  | {
      readonly text: string
      /** Where it is more than a text: a number, or a text that stays one if it is all digits. */
      readonly value?: PlainValue
    }
  | { readonly problem: Problem }

export interface TemplateContext extends SystemContext {
  /** Absent: generated data is switched off, and its expressions are sent as they stand. */
  readonly faker?: Faker
  readonly scope: NameScope
  /** The value of a file's `@name`. */
  variable(name: string): Evaluated
  /** A field of the record's row; undefined: it has none of that name. Absent: there are no rows. */
  row?(name: string): Evaluated | undefined
  /** What other blocks brought, and what was given to the run. Absent: the file stands alone. */
  named?(source: 'capture' | 'block' | 'given', name: string): Evaluated
  /** `$env`, `$dotenv`, `$secret`, `$prompt`, `$file`. Undefined: it is none of these. */
  outside?(name: string, argument: string): Evaluated | undefined
}

/** A text taken apart, with what its templates stand for. */
export type EvaluatedPart =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'put'
      readonly text: string
      readonly value?: PlainValue
      /** Already written as JSON: `{{json x}}`. */
      readonly json: boolean
    }

/**
 * The text with its templates put in (kafka-file specification, section 5). What names nothing is
 * a problem (K301) if it is strict, else it is sent as it stands.
 */
export function evaluateTemplates(text: string, context: TemplateContext): Evaluated {
  const parts = evaluateParts(text, context)
  if ('problem' in parts) return parts
  const [first] = parts
  // A text that is nothing but one template keeps what it stands for.
  if (parts.length === 1 && first?.kind === 'put' && first.value !== undefined)
    return { text: first.text, value: first.value }
  return { text: parts.map(part => part.text).join('') }
}

/** As `evaluateTemplates`, for a text where what is put in has to be written otherwise. */
export function evaluateParts(
  text: string,
  context: TemplateContext,
): readonly EvaluatedPart[] | { readonly problem: Problem } {
  const parts: EvaluatedPart[] = []
  for (const part of scanTemplates(text).parts) {
    if (part.kind === 'text') parts.push(part)
    else {
      const evaluated = evaluateExpression(part, context)
      if ('problem' in evaluated) return evaluated
      parts.push(putIn(part, evaluated))
    }
  }
  return parts
}

/** What names nothing and is sent as it stands is text of the file. */
function putIn(
  expression: TemplateExpression,
  evaluated: Exclude<Evaluated, { readonly problem: Problem }>,
): EvaluatedPart {
  if (evaluated.text === expression.raw) return { kind: 'text', text: expression.raw }
  return { kind: 'put', ...evaluated, json: callOf(expression.text)?.json ?? false }
}

/** Whether evaluating the text asks faker for something. */
export function needsFaker(text: string, scope: NameScope): boolean {
  return scanTemplates(text).parts.some(part => {
    if (part.kind === 'text') return false
    const call = callOf(part.text)
    const source = call && sourceOf(call, scope)
    return source === 'faker' || source === 'legacy' || (!source && part.strict)
  })
}

function evaluateExpression(expression: TemplateExpression, context: TemplateContext): Evaluated {
  const call = callOf(expression.text)
  const evaluated = call ? evaluateCall(expression, call, context) : unknown(expression, context)
  if (!call?.json || 'problem' in evaluated || evaluated.text === expression.raw) return evaluated
  return { text: JSON.stringify(evaluated.text) }
}

function evaluateCall(
  expression: TemplateExpression,
  call: TemplateCall,
  context: TemplateContext,
): Evaluated {
  const text = expression.text.slice(call.nameStart)
  const source = sourceOf(call, context.scope)
  switch (source) {
    case 'system':
      return evaluateSystem(expression, call, context)
    case 'faker':
      return context.faker
        ? found(fake(context.faker, betweenTwo(call) ?? text))
        : asItStands(expression)
    case 'legacy':
      return context.faker ? evaluateLegacy(context.faker, call, context) : asItStands(expression)
    case 'variable':
      return context.row?.(call.name) ?? context.variable(call.name)
    case 'block':
    case 'capture':
    case 'given':
      return context.row?.(call.name) ?? context.named?.(source, call.name) ?? later(call.name)
    case 'row':
    case undefined:
      return context.row?.(call.name) ?? unknown(expression, context)
  }
}

/** faker 5 took the two dates themselves, where today's faker takes an object. */
function betweenTwo({ name, callArguments = '' }: TemplateCall): string | undefined {
  const dates = /^\s*("[^"]*")\s*,\s*("[^"]*")\s*$/.exec(callArguments)
  return name === 'date.between' && dates
    ? `${name}({"from":${dates[1]},"to":${dates[2]}})`
    : undefined
}

function evaluateSystem(
  expression: TemplateExpression,
  call: TemplateCall,
  context: TemplateContext,
): Evaluated {
  const outside = context.outside?.(call.name, call.rest)
  if (outside) return outside
  const value = systemValue(call.name, call.rest, context)
  if (value.kind === 'value') return { text: value.text }
  return value.kind === 'bad' ? problem(value.message) : unknown(expression, context)
}

function evaluateLegacy(faker: Faker, call: TemplateCall, context: TemplateContext): Evaluated {
  const legacy = legacyFakerOf(call.name, isFakerName)
  if (!legacy) return problem(notDefined(call.name, undefined))
  return found(fakeLegacy(faker, legacy, call.callArguments ?? '', context))
}

function fakeLegacy(
  faker: Faker,
  legacy: LegacyFaker,
  args: string,
  context: TemplateContext,
): Faked {
  if ('now' in legacy) return { text: String(context.now()) }
  if ('oneOf' in legacy) return { text: faker.helpers.arrayElement(legacy.oneOf) }
  if ('template' in legacy) return { text: faker.helpers.fake(legacy.template) }
  return fake(faker, legacyCall(legacy, args.trim()))
}

/**
 * Level 1 hands every strict expression to faker, which also follows what a method returns:
 * `{{airline.airline().name}}`.
 */
function unknown(expression: TemplateExpression, context: TemplateContext): Evaluated {
  if (!expression.strict || (!context.faker && !expression.text.startsWith('$')))
    return asItStands(expression)
  if (context.faker && expression.text.includes('.') && !expression.text.startsWith('$')) {
    const faked = fake(context.faker, expression.text)
    if ('text' in faked) return faked
  }
  const call = callOf(expression.text)
  return problem(notDefined(expression.text, call && nearestName(call.name, context.scope)))
}

function asItStands(expression: TemplateExpression): Evaluated {
  return { text: expression.raw }
}

function found(faked: Faked): Evaluated {
  return 'text' in faked ? faked : problem(faked.message)
}

function later(name: string): Evaluated {
  return problem(`"{{${name}}}" is not there yet: a block cannot use what another one brought.`)
}

function notDefined(text: string, nearest: string | undefined): string {
  const meant = nearest === undefined ? '' : ` Did you mean "${nearest}"?`
  return `"{{${text}}}" is not defined.${meant}`
}

function problem(message: string): Evaluated {
  return { problem: { code: 'K301', message } }
}

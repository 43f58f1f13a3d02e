import type { Faker } from '@faker-js/faker'
import type { Problem } from '../base/problem.ts'
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

export type Evaluated = { readonly text: string } | { readonly problem: Problem }

export interface TemplateContext extends SystemContext {
  /** Absent: generated data is switched off, and its expressions are sent as they stand. */
  readonly faker?: Faker
  readonly scope: NameScope
  /** The value of a file's `@name`. */
  variable(name: string): Evaluated
}

/**
 * The text with its templates put in (kafka-file specification, section 5). What names nothing is
 * a problem (K301) if it is strict, else it is sent as it stands.
 */
export function evaluateTemplates(text: string, context: TemplateContext): Evaluated {
  let result = ''
  for (const part of scanTemplates(text).parts) {
    const piece = part.kind === 'text' ? part : evaluateExpression(part, context)
    if ('problem' in piece) return piece
    result += piece.text
  }
  return { text: result }
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
  switch (sourceOf(call, context.scope)) {
    case 'system':
      return evaluateSystem(expression, call, context)
    case 'faker':
      return context.faker
        ? found(fake(context.faker, betweenTwo(call) ?? text))
        : asItStands(expression)
    case 'legacy':
      return context.faker ? evaluateLegacy(context.faker, call, context) : asItStands(expression)
    case 'variable':
      return context.variable(call.name)
    case 'block':
    case 'capture':
    case 'row':
    case 'given':
      return later(call.name)
    case undefined:
      return unknown(expression, context)
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

import type { Capture, Declared } from './declared.ts'
import type { GivenText } from './given.ts'
import { sourceOf, type NameScope, type NameSource } from './names.ts'
import { callOf, scanTemplates, type TemplateCall } from './template.ts'
import type { Block } from './tree.ts'

/** What the text of a name leads to, over the names in it and in theirs. */
export interface Reach {
  /** Captures that must have happened. */
  readonly captures: ReadonlySet<string>
  /** Named blocks that must have run. */
  readonly blocks: ReadonlySet<string>
  /** Names that are defined by each other, each by the next one and the last by the first. */
  readonly cycle?: Cycle
}

/** The names of a cycle, in order, with the place of each. */
export type Cycle = ReadonlyMap<string, number>

const NOTHING: Reach = { captures: new Set(), blocks: new Set() }

/** More than this of one name tells nobody more, and would cost memory in a file of garbage. */
const MOST = 50

/** What each variable and each given value leads to. */
export type Reaches = ReadonlyMap<string, Reach>

interface Step {
  readonly name: string
  readonly names: readonly string[]
  readonly captures: Set<string>
  readonly blocks: Set<string>
  cycle?: Cycle
  /** How many of `names` were followed. */
  followed: number
}

/** Follows all names of a file and of its surroundings, each once, without recursion. */
export function reachesOf(
  { variables }: Declared,
  given: ReadonlyMap<string, GivenText>,
  scope: NameScope,
): Reaches {
  const reaches = new Map<string, Reach>()
  const open = new Map<string, number>()
  const textOf = (name: string) => {
    const outside = given.get(name)
    const own = outside?.overrides ? undefined : variables.get(name)?.at(-1)?.value
    return own ?? (outside?.templates ? outside.text : '')
  }
  const follow = (start: string) => {
    const steps: Step[] = []
    const enter = (name: string) => {
      open.set(name, steps.length)
      steps.push(stepOf(name, textOf(name), scope))
    }
    enter(start)
    for (let step = steps.at(-1); step; step = steps.at(-1)) {
      const name = step.names[step.followed]
      if (name === undefined) {
        steps.pop()
        open.delete(step.name)
        reaches.set(step.name, reachOf(step))
        continue
      }
      const reached = reaches.get(name)
      const from = open.get(name)
      if (reached) {
        join(step, reached)
      } else if (from !== undefined) {
        step.cycle ??= new Map(steps.slice(from).map((each, at) => [each.name, at]))
      } else {
        enter(name)
        continue
      }
      step.followed++
    }
  }
  for (const name of [...variables.keys(), ...given.keys()]) if (!reaches.has(name)) follow(name)
  return reaches
}

function stepOf(name: string, text: string, scope: NameScope): Step {
  const names = new Set<string>()
  const step = { captures: new Set<string>(), blocks: new Set<string>(), followed: 0 }
  for (const call of callsIn(text)) {
    const source = sourceOf(call, scope)
    if (source === 'variable' || source === 'given') names.add(call.name)
    else if (source === 'capture') step.captures.add(captureName(call, scope))
    else if (source === 'block') step.blocks.add(blockName(call))
  }
  return { name, names: [...names], ...step }
}

function callsIn(text: string): readonly TemplateCall[] {
  if (!text.includes('{{')) return []
  return scanTemplates(text).parts.flatMap(part => {
    const call = part.kind === 'expression' ? callOf(part.text) : undefined
    return call ? [call] : []
  })
}

/** The capture that a call names: `{{invoice.id}}` is a part of what was captured. */
export function captureName({ name }: TemplateCall, scope: NameScope): string {
  return scope.captures.has(name) ? name : (name.split('.')[0] ?? name)
}

export function blockName({ name }: TemplateCall): string {
  return name.split('.')[0] ?? name
}

/** Whether a capture has happened when a block runs. */
export function isAbove(block: Block, capture: Capture): boolean {
  return capture.block.index < block.index
}

/**
 * What a call names where it stands: what is captured further down is still the variable or the
 * value of that name. Outside of blocks a capture counts, wherever it is.
 */
export function sourceAt(
  call: TemplateCall,
  block: Block | undefined,
  { scope, declared }: { readonly scope: NameScope; readonly declared: Declared },
): NameSource | undefined {
  const source = sourceOf(call, scope)
  if (source !== 'capture' || !block || captureName(call, scope) !== call.name) return source
  if (declared.captures.get(call.name)?.some(capture => isAbove(block, capture))) return source
  if (scope.variables.has(call.name)) return 'variable'
  return scope.given.has(call.name) ? 'given' : source
}

function join(step: Step, reach: Reach): void {
  for (const name of reach.captures) if (step.captures.size < MOST) step.captures.add(name)
  for (const name of reach.blocks) if (step.blocks.size < MOST) step.blocks.add(name)
  if (reach.cycle) step.cycle ??= reach.cycle
}

function reachOf({ captures, blocks, cycle }: Step): Reach {
  if (captures.size === 0 && blocks.size === 0 && !cycle) return NOTHING
  return { captures, blocks, ...(cycle && { cycle }) }
}

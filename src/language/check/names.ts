import { declaredOf, type Declared } from '../declared.ts'
import type { GivenText } from '../given.ts'
import type { Span } from '../lines.ts'
import { isFakerModule, isFakerName, scopeOf, type NameScope } from '../names.ts'
import {
  blockName,
  captureName,
  isAbove,
  reachesOf,
  sourceAt,
  type Cycle,
  type Reach,
  type Reaches,
} from '../reach.ts'
import { callOf, scanTemplates, type TemplateCall, type TemplateExpression } from '../template.ts'
import type { Block, KafkaFile } from '../tree.ts'
import { quoted } from '../words.ts'
import type { BlockCheck, Report } from './report.ts'

/** What the checks of names need to know of a whole file. */
export interface NameCheck {
  readonly file: KafkaFile
  readonly declared: Declared
  readonly scope: NameScope
  readonly reaches: Reaches
  readonly report: Report
}

/** Of a file with the values that are given to it, or to some of its blocks. */
export function newNameCheck(
  file: KafkaFile,
  given: ReadonlyMap<string, GivenText>,
  report: Report,
): NameCheck {
  const declared = declaredOf(file)
  const scope = scopeOf(file, given.keys())
  return { file, declared, scope, reaches: reachesOf(declared, given, scope), report }
}

/** K303 and K310: names as they are declared. */
export function checkDeclared(check: NameCheck): void {
  const { declared, reaches, report } = check
  const names = new Map<Cycle, readonly string[]>()
  const namesOf = (cycle: Cycle) => {
    const known = names.get(cycle) ?? [...cycle.keys()]
    names.set(cycle, known)
    return known
  }
  for (const [name, variables] of declared.variables) {
    const cycle = reaches.get(name)?.cycle
    const at = cycle?.get(name)
    for (const { nameSpan } of variables) {
      warnOfFaker(name, nameSpan, undefined, report)
      if (cycle && at !== undefined)
        report.add('K310', 'error', nameSpan, cycleMessage(name, namesOf(cycle), at))
    }
  }
  for (const [name, captures] of declared.captures)
    for (const { nameSpan, block } of captures) warnOfFaker(name, nameSpan, block, report)
}

function warnOfFaker(name: string, span: Span, block: Block | undefined, report: Report): void {
  if (isFakerName(name)) {
    const message = `"{{${name}}}" is generated data and never this value. Choose another name.`
    report.add('K303', 'warning', span, message, { block })
  } else if (isFakerModule(name)) {
    const message = `${quoted(name)} is a module of generated data too: "{{${name}.…}}" may not mean this value. Choose another name.`
    report.add('K303', 'warning', span, message, { block })
  }
}

/** Names of a cycle that a message shows. */
const SHOWN = 6

function cycleMessage(name: string, names: readonly string[], from: number): string {
  const shown = Array.from(
    { length: Math.min(names.length, SHOWN) },
    (_, index) => names[(from + index) % names.length] ?? name,
  )
  const more = names.length > SHOWN ? ['…'] : []
  const first = shown[0] ?? name
  return `${quoted(first)} is defined by itself: ${[...shown, ...more, first].join(' → ')}.`
}

/** K304 and K310: a name that stands for nothing yet where a block uses it. */
export function checkUse(
  block: Block,
  expression: TemplateExpression,
  call: TemplateCall,
  check: NameCheck,
): void {
  const problem = useProblem(block, call, check)
  if (problem) check.report.add(problem.code, 'error', expression.span, problem.message, { block })
}

/** The same of a template that DEFAULTS give to a block: told where the block begins. */
export function checkInheritedUse(
  block: Block,
  expression: TemplateExpression,
  call: TemplateCall,
  check: NameCheck,
): void {
  const line = check.file.lines.lineAt(expression.span.start) + 1
  const problem = useProblem(block, call, check, ` of the DEFAULTS, in line ${line},`)
  if (problem) check.report.add(problem.code, 'error', block.keyword, problem.message, { block })
}

interface UseProblem {
  readonly code: 'K304' | 'K310'
  readonly message: string
}

/** `origin` follows the name in the sentence, where it does not stand in the block itself. */
function useProblem(
  block: Block,
  call: TemplateCall,
  check: NameCheck,
  origin = '',
): UseProblem | undefined {
  const { scope, reaches, declared } = check
  const late = (why: string | undefined): UseProblem | undefined =>
    why === undefined
      ? undefined
      : { code: 'K304', message: `"{{${call.name}}}"${origin} is not known here: ${why}.` }
  switch (sourceAt(call, block, check)) {
    case 'capture':
      return late(whyNotCaptured(block, captureName(call, scope), check))
    case 'block':
      return late(whyNotRun(block, blockName(call), check))
    case 'variable':
    case 'given': {
      const reach = reaches.get(call.name)
      const cycle = reach?.cycle
      // A cycle with a variable in it is told where the variable stands.
      if (cycle && ![...cycle.keys()].some(name => declared.variables.has(name)))
        return { code: 'K310', message: cycleMessage(call.name, [...cycle.keys()], 0) }
      return reach && late(whyNotReached(block, reach, check))
    }
    case 'system':
    case 'faker':
    case 'legacy':
    case 'row':
    case undefined:
      return undefined
  }
}

/** The end of a sentence; undefined: it was captured above. */
function whyNotCaptured(block: Block, name: string, check: NameCheck): string | undefined {
  const captures = check.declared.captures.get(name) ?? []
  const first = captures[0]
  if (!first || isAbove(block, first)) return undefined
  // Until then it is the variable or the value.
  if (check.declared.variables.has(name) || check.scope.given.has(name)) return undefined
  return first.block === block
    ? `${quoted(name)} is captured by this block itself`
    : `${quoted(name)} is captured below, in line ${first.property.line + 1}`
}

function whyNotRun(block: Block, name: string, check: NameCheck): string | undefined {
  const [first, second] = check.declared.blocks.get(name) ?? []
  if (!first) return undefined
  if (second) {
    const lines = `lines ${first.startLine + 1} and ${second.startLine + 1}`
    return `${quoted(name)} is the name of several blocks, in ${lines}`
  }
  if (first.index < block.index) return undefined
  return first === block
    ? `${quoted(name)} is this block itself`
    : `the block ${quoted(name)} stands below, in line ${first.startLine + 1}`
}

function whyNotReached(block: Block, reach: Reach, check: NameCheck): string | undefined {
  for (const name of reach.captures) {
    const why = whyNotCaptured(block, name, check)
    if (why !== undefined) return why
  }
  for (const name of reach.blocks) {
    const why = whyNotRun(block, name, check)
    if (why !== undefined) return why
  }
  return undefined
}

/**
 * K305: where the topic of an EXPECT is known only while the file runs, nobody can look at its end
 * beforehand, so that a record of this run could be missed.
 */
export function checkExpectTopic({ block, settings }: BlockCheck, check: NameCheck): void {
  if (block.kind !== 'EXPECT' || block.group || settings.one(block, 'from')?.value) return
  const topic = settings.one(block, 'topic')
  if (!topic?.value?.includes('{{')) return
  for (const part of scanTemplates(topic.value).parts) {
    const call = part.kind === 'expression' ? callOf(part.text) : undefined
    if (!call || !isKnownLate(block, call, check)) continue
    check.report.add(
      'K305',
      'error',
      topic.valueSpan,
      `This topic is known only when "{{${call.name}}}" is, so records of this run could be missed. Say with "from:" where reading starts.`,
      { block },
    )
    return
  }
}

function isKnownLate(block: Block, call: TemplateCall, check: NameCheck): boolean {
  if (useProblem(block, call, check)) return false
  const source = sourceAt(call, block, check)
  if (source === 'capture' || source === 'block') return true
  const reach = check.reaches.get(call.name)
  const isReached = source === 'variable' || source === 'given'
  return isReached && reach !== undefined && reach.captures.size + reach.blocks.size > 0
}

import { propertyOf, type Block, type Directive, type KafkaFile, type Property } from './tree.ts'
import { definitionOf } from './vocabulary.ts'

/** The properties that count for a block: its own, else those of the DEFAULTS above it. */
export interface Settings {
  /** Of a repeated property the last one. */
  one(block: Block, name: string): Property | undefined
  /** Of a repeatable property all: those of DEFAULTS first. */
  all(block: Block, name: string): readonly Property[]
  /** Whether a DEFAULTS block above gives the block something that it does not say itself. */
  inherits(block: Block): boolean
  /**
   * The properties of DEFAULTS blocks above that hold a template, whether the block takes them or not:
   * one and the same list for blocks with the same DEFAULTS.
   */
  templatesAbove(block: Block): readonly Property[]
  /** Whether a property of DEFAULTS counts for a block that stands below. */
  takes(block: Block, property: Property): boolean
}

/** A property of DEFAULTS blocks; of a repeatable one also those before it, which are shared. */
interface Given {
  readonly last: Property
  readonly before?: Given
}

type Defaults = ReadonlyMap<string, Given>

export function settingsOf(file: KafkaFile): Settings {
  const byBlock: Defaults[] = []
  let current: Defaults = new Map()
  for (const block of file.blocks) {
    if (block.kind === 'DEFAULTS') current = withDefaults(current, block)
    byBlock.push(current)
  }
  const lists = new Map<Given, readonly Property[]>()
  const inheritedBy = (block: Block, name: string) =>
    block.kind !== 'DEFAULTS' && definitionOf(block.kind, name)
      ? byBlock[block.index]?.get(name)
      : undefined
  const all = (block: Block, name: string) => {
    const own = block.properties.filter(property => property.name === name)
    const given = inheritedBy(block, name)
    if (!given) return own
    const inherited = lists.get(given) ?? listOf(given)
    lists.set(given, inherited)
    return own.length === 0 ? inherited : [...inherited, ...own]
  }
  const inherits = (block: Block) => {
    if (block.kind === 'DEFAULTS') return false
    for (const name of byBlock[block.index]?.keys() ?? []) {
      const definition = definitionOf(block.kind, name)
      const own = block.properties.some(property => property.name === name)
      // What can be repeated is added to the block's own.
      if (definition && (!own || definition.repeatable)) return true
    }
    return false
  }
  const one = (block: Block, name: string) =>
    propertyOf(block, name) ?? inheritedBy(block, name)?.last
  const templates = new Map<Defaults, readonly Property[]>()
  const templatesAbove = (block: Block) => {
    const defaults = byBlock[block.index]
    if (!defaults || defaults.size === 0) return NONE
    const found = templates.get(defaults) ?? templatesIn(defaults)
    templates.set(defaults, found)
    return found
  }
  return { all, one, inherits, templatesAbove, takes }
}

const NONE: readonly Property[] = []

function takes(block: Block, { name }: Property): boolean {
  const definition = definitionOf(block.kind, name)
  return definition !== undefined && (definition.repeatable ?? !propertyOf(block, name))
}

/** More lines of one name help nobody, and would cost time in a file of garbage. */
const MOST_OF_A_NAME = 20

function templatesIn(defaults: Defaults): readonly Property[] {
  const found: Property[] = []
  for (const given of defaults.values()) {
    let left = MOST_OF_A_NAME
    for (let at: Given | undefined = given; at && left > 0; at = at.before, left--)
      if (at.last.value?.includes('{{')) found.push(at.last)
  }
  return found
}

function listOf(given: Given): readonly Property[] {
  const list: Property[] = []
  for (let at: Given | undefined = given; at; at = at.before) list.push(at.last)
  return list.reverse()
}

function withDefaults(before: Defaults, block: Block): Defaults {
  const after = new Map(before)
  for (const property of block.properties) {
    const definition = definitionOf('DEFAULTS', property.name)
    if (!definition || property.value === undefined) continue
    const earlier = definition.repeatable ? after.get(property.name) : undefined
    after.set(property.name, { last: property, ...(earlier && { before: earlier }) })
  }
  return after
}

/** The argument of the directive that counts for a block: in it, else the last one above it. */
export function directiveOf(file: KafkaFile, block: Block, name: string): string | undefined {
  const own = block.directives.findLast(directive => directive.name === name)
  return own ? own.argument : directiveAbove(file, block.startLine, name)
}

/** The argument of the last such directive above a line that is in no block. */
export function directiveAbove(file: KafkaFile, line: number, name: string): string | undefined {
  const named = directivesOf(file, name)
  let low = 0
  let high = named.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((named[middle]?.line ?? 0) < line) low = middle + 1
    else high = middle
  }
  return named[low - 1]?.argument
}

const known = new WeakMap<KafkaFile, Map<string, readonly Directive[]>>()

/** The directives outside blocks of that name, in the order of the file. */
function directivesOf(file: KafkaFile, name: string): readonly Directive[] {
  const byName = known.get(file) ?? new Map<string, readonly Directive[]>()
  known.set(file, byName)
  const found = byName.get(name) ?? file.directives.filter(directive => directive.name === name)
  byName.set(name, found)
  return found
}

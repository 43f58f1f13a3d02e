import type { ASTNode } from '@marcbachmann/cel-js'
import { elementName } from './walk.ts'

/**
 * Texts of which at least one is a whole string or a name somewhere in the JSON of `value`, or a
 * part of one, wherever the condition holds.
 */
export type Need = readonly string[]

/**
 * What must stand in `value` for a condition to hold; all of it must. A record without it can be
 * left out unread. Sound, not complete: of most conditions nothing is known.
 */
export function needsOf(condition: ASTNode): readonly Need[] {
  return needs(condition, new Set(['value']))
}

/** `roots`: names that stand for `value` or a part of it. */
function needs(node: ASTNode, roots: ReadonlySet<string>): readonly Need[] {
  const { op } = node
  if (op === '&&') return node.args.flatMap(part => needs(part, roots))
  if (op === '||') return either(...node.args, roots)
  if (op === '==')
    return equality(...node.args, roots) ?? equality(node.args[1], node.args[0], roots) ?? []
  if (op === 'in') return membership(...node.args, roots)
  return op === 'rcall' ? call(node, roots) : []
}

function either(left: ASTNode, right: ASTNode, roots: ReadonlySet<string>): readonly Need[] {
  const a = shortest(needs(left, roots))
  const b = shortest(needs(right, roots))
  return a && b ? [[...a, ...b]] : []
}

/** The fewer texts, the fewer searches. */
function shortest(all: readonly Need[]): Need | undefined {
  return all.toSorted((a, b) => a.length - b.length)[0]
}

function equality(
  field: ASTNode,
  literal: ASTNode,
  roots: ReadonlySet<string>,
): readonly Need[] | undefined {
  const text = textOf(literal)
  return text !== undefined && isPart(field, roots) ? [[text]] : undefined
}

/** `value.x in ["a", "b"]`, and `"a" in value.tags`, which is an element or a name. */
function membership(element: ASTNode, list: ASTNode, roots: ReadonlySet<string>): readonly Need[] {
  const text = textOf(element)
  if (text !== undefined) return isPart(list, roots) ? [[text]] : []
  if (list.op !== 'list' || !isPart(element, roots)) return []
  const texts = list.args.map(textOf)
  return texts.every(item => item !== undefined) && texts.length > 0 ? [texts] : []
}

const TEXT_TESTS: ReadonlySet<string> = new Set(['startsWith', 'endsWith', 'contains'])

function call(node: ASTNode & { op: 'rcall' }, roots: ReadonlySet<string>): readonly Need[] {
  const [name, receiver, parameters] = node.args
  if (!isPart(receiver, roots)) return []
  if (TEXT_TESTS.has(name)) {
    const text = parameters[0] && textOf(parameters[0])
    return text === undefined ? [] : [[text]]
  }
  const element = elementName(node)
  const predicate = parameters[1]
  if (element === undefined || !predicate) return []
  // For one element at least the predicate holds.
  if (name !== 'exists' && name !== 'exists_one') return []
  return needs(predicate, new Set([...roots, element]))
}

/**
 * A text that can be searched: the empty one is everywhere, half a character is nowhere, and U+FFFD
 * may stand for any bytes that are no UTF-8.
 */
function textOf(node: ASTNode): string | undefined {
  if (node.op !== 'value' || typeof node.args !== 'string') return undefined
  const text = node.args
  return text !== '' && text.isWellFormed() && !text.includes('\uFFFD') ? text : undefined
}

/**
 * Whether a node is a field of `value` or an element below it. `value` itself is not: it may be a
 * text that is written otherwise in the record, as bytes are.
 */
function isPart(node: ASTNode, roots: ReadonlySet<string>): boolean {
  return node.op === 'id' ? node.args !== 'value' && roots.has(node.args) : isBelow(node, roots)
}

function isBelow(node: ASTNode, roots: ReadonlySet<string>): boolean {
  if (node.op !== '.' && node.op !== '[]') return false
  const [base] = node.args
  return base.op === 'id' ? roots.has(base.args) : isBelow(base, roots)
}

import type { ASTNode } from '@marcbachmann/cel-js'

/** The nodes directly below a node. Names of functions and fields are no nodes. */
export function childrenOf(node: ASTNode): readonly ASTNode[] {
  const { op } = node
  if (op === 'value' || op === 'id') return []
  if (op === '.' || op === '.?') return [node.args[0]]
  if (op === 'call') return node.args[1]
  if (op === 'rcall') return [node.args[1], ...node.args[2]]
  if (op === 'map') return node.args.flat()
  return op === '!_' || op === '-_' ? [node.args] : node.args
}

/** Functions that take an element of a list, or a key of a map, by a name of its own. */
const NAMING: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])

/** The name that a call such as `value.items.exists(i, …)` gives each element. */
export function elementName(node: ASTNode): string | undefined {
  if (node.op !== 'rcall' || !NAMING.has(node.args[0])) return undefined
  const [first] = node.args[2]
  return first?.op === 'id' ? first.args : undefined
}

/** A field below a variable or an element: `value.a["b"]` is root `value`, fields `a` and `b`. */
export interface Access {
  readonly root: string
  readonly fields: readonly string[]
}

/** The chain of fields that a node is; undefined where it is anything else. */
export function accessOf(node: ASTNode): Access | undefined {
  if (node.op === 'id') return { root: node.args, fields: [] }
  const name = fieldName(node)
  if (name === undefined || (node.op !== '.' && node.op !== '[]')) return undefined
  const inner = accessOf(node.args[0])
  return inner && { root: inner.root, fields: [...inner.fields, name] }
}

function fieldName(node: ASTNode): string | undefined {
  if (node.op === '.') return node.args[1]
  if (node.op !== '[]') return undefined
  const [, index] = node.args
  return index.op === 'value' && typeof index.args === 'string' ? index.args : undefined
}

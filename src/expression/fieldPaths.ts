import type { ASTNode } from '@marcbachmann/cel-js'
import { parseTree } from './compile.ts'
import { isVariable } from './variables.ts'
import { accessOf, childrenOf, elementName, type Access } from './walk.ts'

/** A field that an expression names, such as `value.status`, and where it stands in the text. */
export interface FieldPath {
  /** Always written the same way: `value.a.b`, `value["a-b"]`, `headers["x"]`. */
  readonly path: string
  /** UTF-16 units from 0; `to` is exclusive. */
  readonly from: number
  readonly to: number
}

/** The fields that an expression names, each where it stands; none where it cannot be parsed. */
export function fieldPaths(text: string): readonly FieldPath[] {
  const tree = parseTree(text)
  return tree ? pathsIn(tree, new Set()).toSorted((a, b) => a.from - b.from) : []
}

/** `named`: names of elements, which hide a variable of the same name. */
function pathsIn(node: ASTNode, named: ReadonlySet<string>): FieldPath[] {
  const access = accessOf(node)
  if (access) {
    if (access.fields.length === 0 || !isVariable(access.root) || named.has(access.root)) return []
    return [{ path: pathText(access), from: node.start, to: node.end }]
  }
  const element = elementName(node)
  if (element === undefined || node.op !== 'rcall') {
    return childrenOf(node).flatMap(child => pathsIn(child, named))
  }
  const inside = new Set([...named, element])
  const [, receiver, parameters] = node.args
  return [
    ...pathsIn(receiver, named),
    ...parameters.slice(1).flatMap(child => pathsIn(child, inside)),
  ]
}

/** A path as an expression writes it. */
export function pathText({ root, fields }: Access): string {
  const parts = fields.map(name =>
    /^[A-Za-z_]\w*$/.test(name) && root !== 'headers' ? `.${name}` : `[${JSON.stringify(name)}]`,
  )
  return `${root}${parts.join('')}`
}

import { childrenOf } from './children.ts'
import type { TreeNode } from './nodes.ts'
import { present } from './present.ts'
import { tooltipOf } from './tooltips.ts'
import type { TreeState } from './treeState.ts'

/** What of the tree is drawn, how it looked then, and what is open. */
export interface Drawing {
  /** VS Code knows a node by its object: the same id is always the same object. */
  readonly intern: (node: TreeNode) => TreeNode
  readonly isExpanded: (node: TreeNode) => boolean
  expand(node: TreeNode): void
  collapse(node: TreeNode): void
  /** The node itself is being drawn as it looks now. */
  drewItem(node: TreeNode): void
  /** Its children are being listed. */
  drewChildren(node: TreeNode, children: readonly TreeNode[]): void
  /** From a node downwards, what looks different now from what was drawn. */
  stale(from: TreeNode): TreeNode[]
}

export function createDrawing(state: TreeState): Drawing {
  const interned = new Map<string, TreeNode>()
  const expanded = new Set<string>()
  const items = new Map<string, string>()
  const children = new Map<string, string>()
  const isExpanded = (node: TreeNode) => expanded.has(node.id)

  function intern(node: TreeNode): TreeNode {
    const found = interned.get(node.id)
    if (found) return found
    interned.set(node.id, node)
    return node
  }

  function look(node: TreeNode): string {
    return JSON.stringify([present(node, state), tooltipOf(node, state)])
  }

  function stale(from: TreeNode): TreeNode[] {
    const found: TreeNode[] = []
    const visit = (node: TreeNode) => {
      const below = isExpanded(node) ? childrenOf(node, state).map(intern) : undefined
      const same =
        items.get(node.id) === look(node) && (!below || children.get(node.id) === idsOf(below))
      // Drawing a node again draws all that is open below it.
      if (same) below?.forEach(visit)
      else found.push(node)
    }
    visit(intern(from))
    return found
  }

  return {
    intern,
    isExpanded,
    expand: node => expanded.add(node.id),
    collapse: node => expanded.delete(node.id),
    drewItem: node => items.set(node.id, look(node)),
    drewChildren: (node, list) => children.set(node.id, idsOf(list)),
    stale,
  }
}

function idsOf(nodes: readonly TreeNode[]): string {
  return JSON.stringify(nodes.map(({ id }) => id))
}

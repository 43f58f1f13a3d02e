import {
  hasName,
  isContainer,
  nameOf,
  OBJECT,
  STRING,
  stringOf,
  written,
  type JsonTree,
} from '../detail/json.ts'
import { align, type Pair } from './align.ts'

/** Lines that stand beside each other, by their number; undefined: nothing stands on this side. */
export interface Row {
  readonly left: number | undefined
  readonly right: number | undefined
  /** The two differ, or there is only one. */
  readonly changed: boolean
  /** Containers around the line. */
  readonly depth: number
}

export interface Comparison {
  readonly rows: readonly Row[]
  /** How many fields or lines were compared, and how many of them differ. */
  readonly compared: number
  readonly different: number
  readonly unit: 'field' | 'line'
}

/**
 * Two JSON values beside each other, line by line as they are printed. Fields are matched by their
 * name wherever they stand (the second of the same name by the second), elements by what they are
 * and else by their position. A field without children counts as one; one that only one side has
 * counts with all that it holds.
 */
export function compareJson(left: JsonTree, right: JsonTree): Comparison {
  const sides: Sides = { left, right, same: sameness(left, right) }
  const result: Collected = { rows: [], compared: 0, different: 0 }
  // A stack of its own instead of recursion: nesting has no bound.
  const tasks: Task[] = [{ pair: [0, 0] }]
  for (let task = tasks.pop(); task; task = tasks.pop()) {
    if ('end' in task) result.rows.push(rowOf(sides, ~task.end[0], ~task.end[1], false))
    else for (const next of walk(sides, task.pair, result).reverse()) tasks.push(next)
  }
  return {
    rows: result.rows,
    compared: result.compared,
    different: result.different,
    unit: 'field',
  }
}

interface Sides {
  readonly left: JsonTree
  readonly right: JsonTree
  readonly same: (left: number, right: number) => boolean
}

interface Collected {
  readonly rows: Row[]
  compared: number
  different: number
}

type Task = { readonly pair: Pair } | { readonly end: Pair }

/** Adds the rows of a pair of nodes, and says what comes after them. */
function walk(sides: Sides, pair: Pair, into: Collected): Task[] {
  const { left, right, same } = sides
  const [a, b] = pair
  if (a < 0 || b < 0) {
    addAlone(sides, pair, into)
    return []
  }
  const kind = left.kind[a]
  const inside = (left.count[a] ?? 0) > 0 && (right.count[b] ?? 0) > 0
  if (kind !== right.kind[b] || !isContainer(left, a) || !inside) {
    addUnlike(sides, pair, into)
    return []
  }
  into.rows.push(rowOf(sides, a, b, false))
  const children =
    kind === OBJECT ? fieldPairs(left, a, right, b) : elementPairs(left, a, right, b, same)
  return [...children.map(child => ({ pair: child })), { end: pair }]
}

function rowOf(
  sides: Sides,
  left: number | undefined,
  right: number | undefined,
  changed: boolean,
): Row {
  const depth = left === undefined ? depthOf(sides.right, right) : depthOf(sides.left, left)
  return { left, right, changed, depth }
}

function depthOf(tree: JsonTree, line = 0): number {
  return tree.depth[line < 0 ? ~line : line] ?? 0
}

/** Scalars, or containers of which one is empty or another kind. */
function addUnlike(sides: Sides, [a, b]: Pair, into: Collected): void {
  const { left, right } = sides
  const changed = !sides.same(a, b)
  const fields = Math.max(leavesIn(left, a), leavesIn(right, b))
  into.compared += fields
  if (changed) into.different += fields
  const ours = linesWithin(left, a)
  const theirs = linesWithin(right, b)
  for (let at = 0; at < Math.max(ours.length, theirs.length); at++)
    into.rows.push(rowOf(sides, ours[at], theirs[at], changed))
}

function addAlone(sides: Sides, [a, b]: Pair, into: Collected): void {
  const [tree, node] = a < 0 ? [sides.right, b] : [sides.left, a]
  const fields = leavesIn(tree, node)
  into.compared += fields
  into.different += fields
  for (const line of linesWithin(tree, node))
    into.rows.push(
      a < 0 ? rowOf(sides, undefined, line, true) : rowOf(sides, line, undefined, true),
    )
}

function childrenOf(tree: JsonTree, parent: number): number[] {
  const children: number[] = []
  const end = tree.next[parent] ?? 0
  for (let node = parent + 1; node < end; node = tree.next[node] ?? end) children.push(node)
  return children
}

/** In the order of the left; a field that only the right has stands after the one before it. */
function fieldPairs(left: JsonTree, a: number, right: JsonTree, b: number): Pair[] {
  const rightFields = byName(right, b)
  const pairs: Pair[] = []
  const placeOf = new Map<number, Pair>()
  for (const [name, node] of byName(left, a)) {
    const other = rightFields.get(name)
    const pair: Pair = [node, other ?? -1]
    if (other !== undefined) placeOf.set(other, pair)
    pairs.push(pair)
  }
  const added = new Map<Pair | undefined, Pair[]>([[undefined, []]])
  let after = added.get(undefined)
  for (const node of rightFields.values()) {
    const pair = placeOf.get(node)
    if (pair) added.set(pair, (after = []))
    else after?.push([-1, node])
  }
  return [undefined, ...pairs].flatMap(pair => [
    ...(pair ? [pair] : []),
    ...(added.get(pair) ?? []),
  ])
}

/** Fields in their order; the second of the same name has a number behind it. */
function byName(tree: JsonTree, parent: number): Map<string, number> {
  const fields = new Map<string, number>()
  const seen = new Map<string, number>()
  for (const node of childrenOf(tree, parent)) {
    const name = nameOf(tree, node)
    const times = seen.get(name) ?? 0
    seen.set(name, times + 1)
    fields.set(`${times} ${name}`, node)
  }
  return fields
}

function elementPairs(
  left: JsonTree,
  a: number,
  right: JsonTree,
  b: number,
  same: Sides['same'],
): Pair[] {
  const [ours, theirs] = [childrenOf(left, a), childrenOf(right, b)]
  const pairs = align(ours.length, theirs.length, (i, j) => same(ours[i] ?? 0, theirs[j] ?? 0))
  return pairs.map(([i, j]) => [i < 0 ? -1 : (ours[i] ?? 0), j < 0 ? -1 : (theirs[j] ?? 0)])
}

/** The printed lines of a node and all within. */
function linesWithin(tree: JsonTree, node: number): number[] {
  const lines: number[] = []
  const end = tree.next[node] ?? 0
  const open: number[] = []
  for (let at = node; at < end; at++) {
    closeBefore(tree, open, at, lines)
    lines.push(at)
    if ((tree.count[at] ?? 0) > 0) open.push(at)
  }
  closeBefore(tree, open, end, lines)
  return lines
}

function closeBefore(tree: JsonTree, open: number[], at: number, lines: number[]): void {
  for (
    let last = open.at(-1);
    last !== undefined && (tree.next[last] ?? 0) <= at;
    last = open.at(-1)
  ) {
    lines.push(~last)
    open.pop()
  }
}

/** Scalars and empty containers. */
function leavesIn(tree: JsonTree, node: number): number {
  let leaves = 0
  const end = tree.next[node] ?? 0
  for (let at = node; at < end; at++) if (tree.count[at] === 0) leaves++
  return leaves
}

/** Whether two nodes mean the same: fields in any order, numbers as they are written. */
function sameness(left: JsonTree, right: JsonTree): Sides['same'] {
  const ours = digests(left)
  const theirs = digests(right)
  return (a, b) => ours[2 * a] === theirs[2 * b] && ours[2 * a + 1] === theirs[2 * b + 1]
}

/** Two numbers of 32 bits for each node, made of what it holds. */
function digests(tree: JsonTree): Uint32Array {
  const result = new Uint32Array(tree.size * 2)
  const names = new Map<string, readonly [number, number]>()
  for (let node = tree.size - 1; node >= 0; node--) {
    digestNode(tree, node, result)
    const parent = tree.parent[node] ?? -1
    if (parent < 0) continue
    const [first, second] = placeOf(tree, node, names)
    addTo(result, 2 * parent, mix(result[2 * node] ?? 0, first))
    addTo(result, 2 * parent + 1, mix(result[2 * node + 1] ?? 0, second))
  }
  return result
}

/** Sums do not depend on the order: fields may stand in any. */
function addTo(result: Uint32Array, at: number, digest: number): void {
  result[at] = (result[at] ?? 0) + digest
}

function digestNode(tree: JsonTree, node: number, result: Uint32Array): void {
  const kind = tree.kind[node] ?? 0
  if (isContainer(tree, node)) {
    result[2 * node] = mix(result[2 * node] ?? 0, kind)
    result[2 * node + 1] = mix(result[2 * node + 1] ?? 0, kind)
    return
  }
  const text = meaning(tree, node)
  result[2 * node] = digestOf(text, 31 * kind)
  result[2 * node + 1] = digestOf(text, 31 * kind + 1)
}

/** Of a field its name, of an element its position. */
function placeOf(
  tree: JsonTree,
  node: number,
  names: Map<string, readonly [number, number]>,
): readonly [number, number] {
  if (!hasName(tree, node)) {
    const index = tree.index[node] ?? 0
    return [mix(index, 11), mix(index, 12)]
  }
  const name = nameOf(tree, node)
  const known = names.get(name)
  if (known) return known
  const digest = [digestOf(name, 7), digestOf(name, 8)] as const
  names.set(name, digest)
  return digest
}

function meaning(tree: JsonTree, node: number): string {
  const text = written(tree, node)
  return tree.kind[node] === STRING ? stringOf(text) : text
}

/** FNV-1a over the text's UTF-16 units, then mixed (murmur3's finalizer). */
function digestOf(text: string, seed: number): number {
  let hash = 0x811c9dc5 ^ Math.imul(seed, 0x85ebca6b)
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return mix(hash, text.length)
}

function mix(a: number, b: number): number {
  let hash = Math.imul(a ^ 0x27d4eb2f, 0x85ebca6b) ^ Math.imul(b + 0x165667b1, 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

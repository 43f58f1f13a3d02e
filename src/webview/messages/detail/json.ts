/**
 * JSON as it was sent: numbers stay as they are written, a name may stand twice, and nesting has no
 * bound. The nodes are numbered in the order of the text, a container before what it holds, and
 * kept in columns: a megabyte of JSON has up to half a million of them.
 */
export interface JsonTree {
  readonly text: string
  /** Nodes; 0 is the whole. */
  readonly size: number
  /** One of `OBJECT`, `ARRAY`, `STRING`, `NUMBER`, `WORD`. */
  readonly kind: Uint8Array
  /** Where the value stands in the text. */
  readonly start: Uint32Array
  readonly end: Uint32Array
  /** Where the name of a field stands, with its quotes; both 0: it has none. */
  readonly nameStart: Uint32Array
  readonly nameEnd: Uint32Array
  /** Of the whole: -1. */
  readonly parent: Int32Array
  /** Position in the parent, from 0. */
  readonly index: Uint32Array
  readonly depth: Uint32Array
  /** Fields or elements. */
  readonly count: Uint32Array
  /** Number of the first node that is no longer within this one. */
  readonly next: Uint32Array
  /** The text ends before the whole does. */
  readonly cut: boolean
}

export const OBJECT = 1
export const ARRAY = 2
export const STRING = 3
export const NUMBER = 4
/** `true`, `false`, `null`. */
export const WORD = 5

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_ARRAY = 0x5b
const BACKSLASH = 0x5c
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const BYTE_ORDER_MARK = 0xfeff

const NUMBER_PATTERN = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const CUT_PATTERN = /^(?:-?[\d.eE+-]*|t|tr|tru|f|fa|fal|fals|n|nu|nul)$/

/**
 * The nodes of a text; undefined: it is not JSON (RFC 8259; what stands inside of strings is not
 * looked at). Where only the beginning of a text is there (`cut`), what is open at its end counts
 * as closed.
 */
export function parseJson(text: string, cut = false): JsonTree | undefined {
  return new Parser(text, cut).parse()
}

/** What comes next in the text. */
type Expected = 'value' | 'value or end' | 'name' | 'name or end' | 'comma or end' | 'nothing'

class Parser {
  readonly #text: string
  readonly #cut: boolean
  #at = 0
  #size = 0
  /** Innermost open container; -1: none. */
  #open = -1
  #nameStart = 0
  #nameEnd = 0
  #columns = columns(256)

  constructor(text: string, cut: boolean) {
    this.#text = text
    this.#cut = cut
  }

  parse(): JsonTree | undefined {
    if (this.#text.charCodeAt(0) === BYTE_ORDER_MARK) this.#at = 1
    let expected: Expected | undefined = 'value'
    for (;;) {
      this.#skipBlanks()
      if (this.#at >= this.#text.length) return this.#finish(expected)
      expected = this.#step(expected)
      if (expected === undefined) return undefined
    }
  }

  #finish(expected: Expected): JsonTree | undefined {
    const complete = expected === 'nothing'
    if (this.#size === 0 || (!complete && !this.#cut)) return undefined
    while (this.#open >= 0) this.#close()
    return { text: this.#text, size: this.#size, ...this.#columns, cut: !complete }
  }

  #step(expected: Expected): Expected | undefined {
    const code = this.#text.charCodeAt(this.#at)
    switch (expected) {
      case 'nothing':
        return undefined
      case 'comma or end':
        if (code === COMMA) {
          this.#at++
          return this.#inObject() ? 'name' : 'value'
        }
        return this.#end(code)
      case 'name or end':
        return code === CLOSE_OBJECT ? this.#end(code) : this.#name(code)
      case 'name':
        return this.#name(code)
      case 'value or end':
        return code === CLOSE_ARRAY ? this.#end(code) : this.#value(code)
      case 'value':
        return this.#value(code)
    }
  }

  #inObject(): boolean {
    return this.#columns.kind[this.#open] === OBJECT
  }

  #end(code: number): Expected | undefined {
    if (this.#open < 0 || code !== (this.#inObject() ? CLOSE_OBJECT : CLOSE_ARRAY)) return undefined
    this.#at++
    this.#close()
    return this.#after()
  }

  #after(): Expected {
    return this.#open < 0 ? 'nothing' : 'comma or end'
  }

  #close(): void {
    const { end, next, parent } = this.#columns
    end[this.#open] = this.#at
    next[this.#open] = this.#size
    this.#open = parent[this.#open] ?? -1
  }

  #name(code: number): Expected | undefined {
    if (code !== QUOTE) return undefined
    const end = endOfString(this.#text, this.#at)
    this.#nameStart = this.#at
    this.#nameEnd = end
    this.#at = end
    this.#skipBlanks()
    if (this.#at >= this.#text.length) return 'value'
    if (this.#text.charCodeAt(this.#at) !== COLON) return undefined
    this.#at++
    return 'value'
  }

  #value(code: number): Expected | undefined {
    if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      const node = this.#add(code === OPEN_OBJECT ? OBJECT : ARRAY, this.#at, this.#at + 1)
      this.#at++
      this.#open = node
      return code === OPEN_OBJECT ? 'name or end' : 'value or end'
    }
    const end = code === QUOTE ? endOfString(this.#text, this.#at) : endOfWord(this.#text, this.#at)
    const kind = code === QUOTE ? this.#stringKind(end) : this.#wordKind(end)
    if (kind === undefined) return undefined
    this.#add(kind, this.#at, end)
    this.#at = end
    return this.#after()
  }

  #stringKind(end: number): number | undefined {
    const closed = end > this.#at + 1 && isClosed(this.#text, this.#at, end)
    return closed || this.#cut ? STRING : undefined
  }

  #wordKind(end: number): number | undefined {
    const word = this.#text.slice(this.#at, end)
    if (word === 'true' || word === 'false' || word === 'null') return WORD
    if (NUMBER_PATTERN.test(word)) return NUMBER
    const atEnd = this.#cut && end === this.#text.length && word !== ''
    if (!atEnd || !CUT_PATTERN.test(word)) return undefined
    return /^[a-z]/.test(word) ? WORD : NUMBER
  }

  #add(kind: number, start: number, end: number): number {
    const node = this.#size++
    if (node >= this.#columns.kind.length) this.#columns = grown(this.#columns)
    const into = this.#columns
    const parent = this.#open
    into.kind[node] = kind
    into.start[node] = start
    into.end[node] = end
    into.parent[node] = parent
    into.next[node] = node + 1
    if (parent >= 0) {
      into.depth[node] = (into.depth[parent] ?? 0) + 1
      const index = into.count[parent] ?? 0
      into.index[node] = index
      into.count[parent] = index + 1
      if (into.kind[parent] === OBJECT) {
        into.nameStart[node] = this.#nameStart
        into.nameEnd[node] = this.#nameEnd
      }
    }
    return node
  }

  #skipBlanks(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      this.#at++
    }
  }
}

/** One after the closing quote; the end of the text where there is none. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  for (;;) {
    const quote = text.indexOf('"', at)
    if (quote < 0) return text.length
    if (!isEscaped(text, quote)) return quote + 1
    at = quote + 1
  }
}

function isClosed(text: string, start: number, end: number): boolean {
  return text.charCodeAt(end - 1) === QUOTE && end - 1 > start && !isEscaped(text, end - 1)
}

function isEscaped(text: string, at: number): boolean {
  let before = at - 1
  while (text.charCodeAt(before) === BACKSLASH) before--
  return (at - 1 - before) % 2 === 1
}

function endOfWord(text: string, start: number): number {
  let at = start
  while (at < text.length && !ends(text.charCodeAt(at))) at++
  return at
}

function ends(code: number): boolean {
  return (
    code <= 0x20 ||
    code === COMMA ||
    code === COLON ||
    code === QUOTE ||
    code === OPEN_ARRAY ||
    code === CLOSE_ARRAY ||
    code === OPEN_OBJECT ||
    code === CLOSE_OBJECT
  )
}

type Columns = Omit<JsonTree, 'text' | 'size' | 'cut'>

function columns(length: number): Columns {
  return {
    kind: new Uint8Array(length),
    start: new Uint32Array(length),
    end: new Uint32Array(length),
    nameStart: new Uint32Array(length),
    nameEnd: new Uint32Array(length),
    parent: new Int32Array(length),
    index: new Uint32Array(length),
    depth: new Uint32Array(length),
    count: new Uint32Array(length),
    next: new Uint32Array(length),
  }
}

function grown(from: Columns): Columns {
  const into = columns(from.kind.length * 2)
  for (const name of Object.keys(into) as (keyof Columns)[]) into[name].set(from[name])
  return into
}

export function isContainer(tree: JsonTree, node: number): boolean {
  const kind = tree.kind[node]
  return kind === OBJECT || kind === ARRAY
}

/** The value as it is written; of a container the whole text within. */
export function written(tree: JsonTree, node: number): string {
  return tree.text.slice(tree.start[node], tree.end[node])
}

export function hasName(tree: JsonTree, node: number): boolean {
  return (tree.nameEnd[node] ?? 0) > 0
}

/** A field's name with its quotes, as it is written. */
export function writtenName(tree: JsonTree, node: number): string {
  return tree.text.slice(tree.nameStart[node], tree.nameEnd[node])
}

/** A field's name, or an element's position. */
export function nameOf(tree: JsonTree, node: number): string {
  if (!hasName(tree, node)) return String(tree.index[node] ?? 0)
  return stringOf(writtenName(tree, node))
}

/** What a quoted string means; one that is cut or broken stays as it is written. */
export function stringOf(literal: string): string {
  if (!literal.includes('\\')) return literal.slice(1, literal.endsWith('"') ? -1 : undefined)
  try {
    return String(JSON.parse(literal))
  } catch {
    return literal.slice(1)
  }
}

/** As an expression writes it: `value.customer.id`, `value.items[0]`, `value["odd name"]`. */
export function pathOf(tree: JsonTree, node: number, root: string): string {
  const steps: string[] = []
  for (let at = node; at > 0; at = tree.parent[at] ?? 0) steps.push(stepOf(tree, at))
  return root + steps.reverse().join('')
}

function stepOf(tree: JsonTree, node: number): string {
  const name = nameOf(tree, node)
  if (!hasName(tree, node)) return `[${name}]`
  return /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`
}

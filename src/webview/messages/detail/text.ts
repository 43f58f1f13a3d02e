import { lineBlocks, textBlocks, type Block } from './blocks.ts'
import { box, columnsIn, pieceElement } from './elements.ts'
import type { JsonTree } from './json.ts'
import { linesOf, piecesOf } from './jsonLines.ts'

/** A value as text: JSON printed with indents, anything else as it came. Long lines are wrapped. */
export interface TextView {
  readonly element: HTMLElement
  show(source: TextSource): void
}

export type TextSource = { readonly tree: JsonTree } | { readonly text: string }

const ROW = 22

interface Filled {
  readonly block: Block
  full: boolean
}

/** Only the blocks in sight are filled; the others keep the height that they have or should have. */
export function createText(scroller: HTMLElement): TextView {
  const element = box('plain')
  element.tabIndex = 0
  element.setAttribute('role', 'document')
  element.setAttribute('aria-label', 'Value as text')
  const blocks = new Map<Element, Filled>()
  let shown: unknown
  let fill: (into: Element, block: Block) => void = () => undefined

  const watch = new IntersectionObserver(
    entries => {
      for (const { target, isIntersecting } of entries) {
        const state = blocks.get(target)
        if (!state || !(target instanceof HTMLElement)) continue
        if (isIntersecting && !state.full) {
          target.style.removeProperty('height')
          fill(target, state.block)
        } else if (!isIntersecting && state.full) {
          target.style.setProperty('height', `${target.offsetHeight}px`)
          target.replaceChildren()
        }
        state.full = isIntersecting
      }
    },
    { root: scroller, rootMargin: '800px 0px' },
  )

  const arrange = (all: readonly Block[], linesIn: (block: Block) => number) => {
    watch.disconnect()
    blocks.clear()
    const elements = all.map((block, index) => {
      const part = box('block')
      const full = index === 0
      blocks.set(part, { block, full })
      if (full) fill(part, block)
      else part.style.setProperty('height', `${linesIn(block) * ROW}px`)
      return part
    })
    element.replaceChildren(...elements)
    for (const part of elements) watch.observe(part)
  }

  const showTree = (tree: JsonTree) => {
    const lines = linesOf(tree)
    fill = (into, { from, to }) => {
      const nodes: Node[] = []
      for (const line of lines.subarray(from, to)) {
        nodes.push(...piecesOf(tree, line).map(pieceElement), document.createTextNode('\n'))
      }
      into.replaceChildren(...nodes)
    }
    arrange(lineBlocks(lines.length), ({ from, to }) => to - from)
  }

  const showText = (text: string) => {
    fill = (into, { from, to }) => {
      into.textContent = text.slice(from, to)
    }
    const columns = element.clientWidth > 0 ? columnsIn(element) : 60
    arrange(textBlocks(text), ({ from, to }) => Math.ceil((to - from) / columns))
  }

  return {
    element,
    show(source) {
      const key = 'tree' in source ? source.tree : source.text
      if (key === shown) return
      shown = key
      if ('tree' in source) showTree(source.tree)
      else showText(source.text)
    },
  }
}

import type { Directive, FileProblem, KafkaFile } from '../tree.ts'

/**
 * Leaves out what `-- @ignore K104` names: inside a block for that block, outside blocks for the
 * rest of the file.
 */
export function withoutIgnored(
  file: KafkaFile,
  problems: readonly FileProblem[],
): readonly FileProblem[] {
  const fromLine = new Map<string, number>()
  for (const directive of file.directives) {
    for (const code of codesOf(directive)) {
      if (!fromLine.has(code)) fromLine.set(code, directive.line)
    }
  }
  const inBlock = new Set<string>()
  for (const block of file.blocks) {
    for (const directive of block.directives) {
      for (const code of codesOf(directive)) inBlock.add(`${block.index} ${code}`)
    }
  }
  if (fromLine.size === 0 && inBlock.size === 0) return problems
  return problems.filter(({ code, block, span }) => {
    if (block !== undefined && inBlock.has(`${block} ${code}`)) return false
    const line = fromLine.get(code)
    return line === undefined || file.lines.lineAt(span.start) < line
  })
}

function codesOf(directive: Directive): readonly string[] {
  return directive.name === 'ignore' ? (directive.argument.match(/K\d{3}/g) ?? []) : []
}

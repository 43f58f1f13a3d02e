import type { Block, KafkaFile } from './tree.ts'

/** The names of a block's `-- @tag a,b`, its own and those outside blocks above it. */
export function tagsOf(file: KafkaFile, block: Block): ReadonlySet<string> {
  const above = file.directives.filter(({ line }) => line < block.startLine)
  const tags = [...above, ...block.directives].filter(({ name }) => name === 'tag')
  const names = tags.flatMap(({ argument }) => argument.split(',').map(tag => tag.trim()))
  return new Set(names.filter(name => name !== ''))
}

import { directiveOf } from '../language/settings.ts'
import { tagsOf } from '../language/tags.ts'
import type { Block, KafkaFile } from '../language/tree.ts'
import { endless, skipped } from '../run/leftOut.ts'
import type { TagRule } from './runOptions.ts'

export interface Selection {
  readonly tags: TagRule
  readonly only: boolean
}

/** Why a block is left out of a run without a person in front of it; undefined: it runs. */
export function leftOut(
  file: KafkaFile,
  selection: Selection,
): (block: Block) => string | undefined {
  const withoutEnd = endless(file)
  return block => {
    const skip = skipped(file, block)
    if (skip !== undefined) return skip
    if (selection.only && directiveOf(file, block, 'only') === undefined)
      return 'It has no "-- @only".'
    return byTags(tagsOf(file, block), selection.tags) ?? withoutEnd(block)
  }
}

function byTags(tags: ReadonlySet<string>, { wanted, unwanted }: TagRule): string | undefined {
  const against = unwanted.find(tag => tags.has(tag))
  if (against !== undefined) return `It has the tag "${against}".`
  if (wanted.length === 0 || wanted.some(tag => tags.has(tag))) return undefined
  return `It has ${wanted.length === 1 ? `no tag "${wanted[0] ?? ''}"` : `none of the tags ${wanted.join(', ')}`}.`
}

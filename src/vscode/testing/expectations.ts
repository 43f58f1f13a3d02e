import { directiveOf, settingsOf } from '../../language/settings.ts'
import { tagsOf } from '../../language/tags.ts'
import type { Block, KafkaFile } from '../../language/tree.ts'

/** An EXPECT as a test. */
export interface Expectation {
  /** Its label, alone in its file: it stays the same while the text around it is edited. */
  readonly id: string
  readonly label: string
  readonly block: Block
  readonly tags: readonly string[]
  /** What stands after `-- @skip`, which may be nothing. */
  readonly skip?: string
}

/** The tests of a file, in its order. */
export function expectationsOf(file: KafkaFile): readonly Expectation[] {
  const titles = titlesOf(file)
  const settings = settingsOf(file)
  const seen = new Set<string>()
  return file.blocks.flatMap((block): Expectation[] => {
    if (block.kind !== 'EXPECT') return []
    const topic = settings.one(block, 'topic')?.value
    const own = block.group ? `GROUP ${block.group.text}` : block.label?.text
    const label = own ?? titles.get(block.index) ?? (topic ? `EXPECT ${topic}` : 'EXPECT')
    const skip = directiveOf(file, block, 'skip')
    return [
      {
        id: idOf(label, seen),
        label,
        block,
        tags: [...tagsOf(file, block)],
        ...(skip !== undefined && { skip }),
      },
    ]
  })
}

function idOf(label: string, seen: Set<string>): string {
  let id = label
  for (let n = 2; seen.has(id); n++) id = `${label} (${n})`
  seen.add(id)
  return id
}

/** The titles of separators, by the first block that stands below each. */
function titlesOf({ blocks, separators }: KafkaFile): ReadonlyMap<number, string> {
  const titles = new Map<number, string>()
  let next = 0
  for (const block of blocks) {
    let title = ''
    for (; (separators[next]?.line ?? Infinity) < block.startLine; next++)
      title = separators[next]?.title.text ?? ''
    if (title !== '') titles.set(block.index, title)
  }
  return titles
}

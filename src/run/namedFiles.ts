import { problemOf, type Problem } from '../base/problem.ts'
import { settingsOf } from '../language/settings.ts'
import type { Block, KafkaFile } from '../language/tree.ts'
import { parseFile } from '../language/values/files.ts'
import type { RunFiles } from './ports.ts'

const READ = ['value-from', 'records-from', 'value-schema']

/**
 * Finds out, block by block, whether the files that it names can be read, and its output written,
 * before anything is sent. What an earlier block writes need not be there yet, and a name with
 * templates is looked at when its block runs.
 */
export function namedFiles(
  file: KafkaFile,
  files: RunFiles,
  signal: AbortSignal,
): (block: Block) => Promise<Problem | undefined> {
  const settings = settingsOf(file)
  const outputs = new Set<string>()
  const pathOf = (block: Block, name: string) => parseFile(settings.one(block, name)?.value ?? '')
  return async block => {
    const read = block.kind === 'PRODUCER' ? READ.flatMap(name => pathOf(block, name) ?? []) : []
    const output = block.kind === 'CONSUMER' ? pathOf(block, 'output-to') : undefined
    const isOpen = [...outputs].some(hasTemplate)
    try {
      for (const path of read)
        if (!hasTemplate(path) && !isOpen && !outputs.has(plain(path)))
          await beginsToRead(files, path, signal)
      if (output !== undefined && !hasTemplate(output)) await (await files.write(output)).discard()
    } catch (error) {
      return problemOf(error)
    }
    if (output !== undefined) outputs.add(plain(output))
    return undefined
  }
}

function hasTemplate(path: string): boolean {
  return path.includes('{{')
}

function plain(path: string): string {
  return path
    .split('/')
    .filter(part => part !== '.')
    .join('/')
}

async function beginsToRead(files: RunFiles, path: string, signal: AbortSignal): Promise<void> {
  const pieces = files.stream(path, signal)[Symbol.asyncIterator]()
  await pieces.next()
  await pieces.return?.()
}

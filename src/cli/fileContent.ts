import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { LARGEST_TEXT, TOO_LARGE } from '../language/limits.ts'
import { whyNot } from './fileErrors.ts'
import { STANDARD_INPUT } from './files.ts'
import { EXIT, type Terminal } from './terminal.ts'

/** `refused`: why, in a sentence; `exit`: the exit code of that. */
export type Content = { readonly text: string } | { readonly refused: string; readonly exit: 1 | 2 }

/** The text of a `.kafka` file, or why it is not to be had. */
export async function contentOf(name: string, terminal: Terminal): Promise<Content> {
  try {
    const bytes =
      name === STANDARD_INPUT ? await readAll(terminal.input) : await readFile(terminal, name)
    if (bytes) return { text: decoded(bytes) }
    return { refused: TOO_LARGE, exit: EXIT.invalid }
  } catch (error) {
    return { refused: `It cannot be read: ${whyNot(error)}.`, exit: EXIT.badOptions }
  }
}

/** UTF-8, or UTF-16 where a byte order mark says so; the mark is not part of the text. */
function decoded(bytes: Uint8Array): string {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  return new TextDecoder().decode(bytes)
}

/** `undefined`: too large. */
async function readFile(terminal: Terminal, name: string): Promise<Uint8Array | undefined> {
  const file = await open(resolve(terminal.folder, name))
  try {
    const { size } = await file.stat()
    if (size > LARGEST_TEXT) return undefined
    return await readAll(file.createReadStream({ autoClose: false }))
  } finally {
    await file.close()
  }
}

/** `undefined`: too large. A device or a pipe says no size beforehand. */
async function readAll(input: AsyncIterable<unknown>): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of input) {
    if (!(chunk instanceof Uint8Array)) continue
    size += chunk.length
    if (size > LARGEST_TEXT) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

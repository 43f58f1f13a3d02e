import { isUtf8 } from 'node:buffer'
import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { LARGEST_TEXT, TOO_LARGE } from '../language/limits.ts'
import { linesOf } from '../language/lines.ts'
import { unlessAborted } from '../reading/aborting.ts'
import { whyNot } from './fileErrors.ts'
import { STANDARD_INPUT } from './files.ts'
import { EXIT, type Terminal } from './terminal.ts'

/** `refused`: why, in a sentence; `exit`: the exit code of that. */
export type Content = { readonly text: string } | { readonly refused: string; readonly exit: 1 | 2 }

/**
 * The text of a `.kafka` file, or why it is not to be had. Complains of one that is not UTF-8 and
 * goes on with it: what cannot be read may stand in a comment. An input that does not end is waited
 * for until the signal aborts.
 */
export async function contentOf(
  name: string,
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<Content> {
  try {
    const reading = name === STANDARD_INPUT ? readAll(terminal.input) : readFile(terminal, name)
    const bytes = await (signal ? unlessAborted(reading, signal) : reading)
    if (!bytes) return { refused: TOO_LARGE, exit: EXIT.invalid }
    const strange = utf16Of(bytes) ? undefined : strangeByte(bytes)
    if (strange) terminal.complain(`kafkafile: ${name}:${strange.line}: ${strange.message}\n`)
    return { text: decoded(bytes) }
  } catch (error) {
    return { refused: `It cannot be read: ${whyNot(error)}.`, exit: EXIT.badOptions }
  }
}

/** UTF-8, or UTF-16 where a byte order mark says so; the mark is not part of the text. */
function decoded(bytes: Uint8Array): string {
  return new TextDecoder(utf16Of(bytes) ?? 'utf-8').decode(bytes)
}

function utf16Of([first, second]: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined
}

/** The first byte that is not UTF-8, with its line; both count from 1. */
function strangeByte(
  bytes: Uint8Array,
): { readonly line: number; readonly message: string } | undefined {
  if (isUtf8(bytes)) return undefined
  const read = Buffer.from(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))
  let at = 0
  while (read[at] === bytes[at]) at++
  // Its replacement may begin with the same bytes.
  while (((read[at] ?? 0) & 0xc0) === 0x80) at--
  const before = read.toString('utf8', 0, at)
  return {
    line: linesOf(`${before}?`).count,
    message: `This is not UTF-8: byte ${at + 1} of the file, and whatever else is none, is read as "\ufffd".`,
  }
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

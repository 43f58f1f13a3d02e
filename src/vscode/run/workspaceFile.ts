import { createReadStream } from 'node:fs'
import { mkdir, open, realpath, rename, rm } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path'
import * as vscode from 'vscode'
import { ProblemError } from '../../base/problem.ts'
import type { FileSink, RunFiles } from '../../run/ports.ts'

/** The files that a document names, as a run reaches them. */
export function workspaceFiles(document: vscode.Uri): RunFiles {
  return {
    text: path => readWorkspaceFile(document, path),
    bytes: path => readWorkspaceBytes(document, path),
    stream: (path, signal) => streamWorkspaceFile(document, path, signal),
    write: path => writeWorkspaceFile(document, path),
  }
}

/**
 * The text of a file that a `.kafka` file names, relative to it. Files outside the document's folder
 * of the workspace are refused, and so is everything in a document that lies in none.
 */
export async function readWorkspaceFile(document: vscode.Uri, path: string): Promise<string> {
  return new TextDecoder().decode(await readWorkspaceBytes(document, path))
}

/** The same as bytes. */
export async function readWorkspaceBytes(document: vscode.Uri, path: string): Promise<Uint8Array> {
  const uri = await uriOf(document, path)
  try {
    return await vscode.workspace.fs.readFile(uri)
  } catch (error) {
    throw unreadable(path, error)
  }
}

/** The same in pieces, so that it may be of any size; where the editor cannot, in one. */
export async function* streamWorkspaceFile(
  document: vscode.Uri,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const uri = await uriOf(document, path)
  if (uri.scheme !== 'file') {
    yield await readWorkspaceBytes(document, path)
    return
  }
  const pieces: AsyncIterable<Uint8Array> = createReadStream(uri.fsPath, {
    signal,
    highWaterMark: PIECE_BYTES,
  })
  try {
    yield* pieces
  } catch (error) {
    signal.throwIfAborted()
    throw unreadable(path, error)
  }
}

const PIECE_BYTES = 256 * 1024

/** The place of a file in the document's folder, with every link followed that there is. */
async function uriOf(document: vscode.Uri, path: string): Promise<vscode.Uri> {
  const uri =
    path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path)
      ? document.with({ path: vscode.Uri.file(path).path })
      : vscode.Uri.joinPath(document, '..', path)
  const folder = vscode.workspace.getWorkspaceFolder(document)
  if (document.scheme === 'untitled' || !folder) throw outside(path)
  if (uri.scheme !== 'file') {
    if (!isInside(folder.uri.path, uri.path)) throw outside(path)
    return uri
  }
  const place = await realPlace(uri.fsPath)
  if (!isInside(await realpath(folder.uri.fsPath), place)) throw outside(path)
  return vscode.Uri.file(place)
}

async function realPlace(wanted: string): Promise<string> {
  try {
    return await realpath(wanted)
  } catch {
    const parent = dirname(wanted)
    return parent === wanted ? wanted : join(await realPlace(parent), basename(wanted))
  }
}

function isInside(folder: string, place: string): boolean {
  const way = relative(folder, place)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/** Replaces the file when it is closed: a run that breaks off leaves it whole. */
async function writeWorkspaceFile(document: vscode.Uri, path: string): Promise<FileSink> {
  const uri = await uriOf(document, path)
  try {
    return uri.scheme === 'file' ? await diskSink(uri.fsPath, path) : memorySink(uri, path)
  } catch (error) {
    throw unwritable(path, error)
  }
}

let written = 0

async function diskSink(file: string, path: string): Promise<FileSink> {
  await mkdir(dirname(file), { recursive: true })
  const beside = `${file}.${process.pid}-${++written}.tmp`
  const handle = await open(beside, 'wx')
  const discard = async () => {
    await handle.close()
    await rm(beside, { force: true })
  }
  return {
    write: bytes =>
      handle.writeFile(bytes).catch((error: unknown) => {
        throw unwritable(path, error)
      }),
    async close() {
      try {
        await handle.close()
        await rename(beside, file)
      } catch (error) {
        await rm(beside, { force: true })
        throw unwritable(path, error)
      }
    },
    discard,
  }
}

/** Where the editor alone can write. */
function memorySink(uri: vscode.Uri, path: string): FileSink {
  const pieces: Uint8Array[] = []
  return {
    write(bytes) {
      pieces.push(bytes.slice())
      return Promise.resolve()
    },
    async close() {
      try {
        await vscode.workspace.fs.writeFile(uri, Buffer.concat(pieces))
      } catch (error) {
        throw unwritable(path, error)
      }
    },
    discard: () => Promise.resolve(),
  }
}

function outside(path: string): ProblemError {
  return new ProblemError({
    code: 'outside-workspace',
    message: `"${path}" is not in the folder of the workspace that this file is in.`,
    advice: 'Save this file in a folder of the workspace and put the other one there too.',
  })
}

function unwritable(path: string, cause: unknown): ProblemError {
  return new ProblemError(
    { code: 'unwritable', message: `"${path}" cannot be written.` },
    { cause },
  )
}

function unreadable(path: string, cause: unknown): ProblemError {
  return new ProblemError(
    {
      code: 'unreadable',
      message: `"${path}" cannot be read.`,
      advice: 'Check its path: it is relative to this file.',
    },
    { cause },
  )
}

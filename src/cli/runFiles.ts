import { createReadStream } from 'node:fs'
import { mkdir, open, readFile, realpath, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { ProblemError } from '../base/problem.ts'
import type { FileSink, RunFiles } from '../run/ports.ts'
import { whyNot } from './fileErrors.ts'
import { isInside, type Workspace } from './workspace.ts'

/** Node's own 64 KiB cost twice the time for a file of a gigabyte. */
const PIECE_BYTES = 256 * 1024

/** The files that a `.kafka` file names: relative to it, inside its workspace, links followed. */
export function runFiles(workspace: Workspace): RunFiles {
  return {
    text: name => reading(name, async () => decoded(await readFile(await inside(workspace, name)))),
    bytes: name => reading(name, async () => readFile(await inside(workspace, name))),
    async *stream(name, signal) {
      const file = await reading(name, () => inside(workspace, name))
      try {
        for await (const piece of createReadStream(file, { signal, highWaterMark: PIECE_BYTES }))
          yield piece as Uint8Array
      } catch (error) {
        if (signal.aborted) throw signal.reason
        throw unreadable(name, error)
      }
    },
    async write(name) {
      const file = await insideToWrite(workspace, name)
      try {
        return await newSink(file, name)
      } catch (error) {
        throw unwritable(name, error)
      }
    },
  }
}

function decoded(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

async function reading<T>(name: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    throw error instanceof ProblemError ? error : unreadable(name, error)
  }
}

/** The real place of a file that is there. */
async function inside({ folder, root }: Workspace, name: string): Promise<string> {
  const wanted = path.resolve(folder, name)
  // What is outside is not even looked for: a run tells nothing of what there is.
  if (!isInside(root, wanted)) throw outside(name, root)
  const file = await realpath(wanted)
  if (!isInside(root, file)) throw outside(name, root)
  return file
}

/** The place of a file that need not be there; folders on the way are made. */
async function insideToWrite({ folder, root }: Workspace, name: string): Promise<string> {
  const wanted = path.resolve(folder, name)
  if (!isInside(root, wanted)) throw outside(name, root)
  const target = await realPlace(wanted)
  if (!isInside(root, target)) throw outside(name, root)
  return target
}

/** With every link followed that there is on the way. */
async function realPlace(wanted: string): Promise<string> {
  try {
    return await realpath(wanted)
  } catch {
    const parent = path.dirname(wanted)
    return parent === wanted ? wanted : path.join(await realPlace(parent), path.basename(wanted))
  }
}

let written = 0

/** Writes beside the file, and takes its place when closed: a run that breaks off leaves it whole. */
async function newSink(file: string, name: string): Promise<FileSink> {
  await mkdir(path.dirname(file), { recursive: true })
  const beside = `${file}.${process.pid}-${++written}.tmp`
  const handle = await open(beside, 'wx')
  return {
    async write(bytes) {
      try {
        await handle.writeFile(bytes)
      } catch (error) {
        throw unwritable(name, error)
      }
    },
    async close() {
      try {
        await handle.close()
        await rename(beside, file)
      } catch (error) {
        await rm(beside, { force: true })
        throw unwritable(name, error)
      }
    },
    async discard() {
      await handle.close()
      await rm(beside, { force: true })
    },
  }
}

function outside(name: string, root: string): ProblemError {
  return new ProblemError({
    code: 'outside-workspace',
    message: `"${name}" is outside the workspace ${root}.`,
    advice: 'Put the file into it: the folder with .git, else with kafka.env.json.',
  })
}

function unreadable(name: string, cause: unknown): ProblemError {
  return new ProblemError(
    {
      code: 'unreadable',
      message: `"${name}" cannot be read: ${whyNot(cause)}.`,
      advice: 'Check its path: it is relative to the .kafka file.',
    },
    { cause },
  )
}

function unwritable(name: string, cause: unknown): ProblemError {
  return new ProblemError(
    { code: 'unwritable', message: `"${name}" cannot be written: ${whyNot(cause)}.` },
    { cause },
  )
}

import path from 'node:path'
import { problemOf } from '../base/problem.ts'
import { check } from '../language/check/check.ts'
import type { Knowledge } from '../language/check/knowledge.ts'
import { directiveOf } from '../language/settings.ts'
import { parse } from '../language/parse.ts'
import { reportOfFile, type ProblemReport } from '../language/report.ts'
import type { KafkaFile } from '../language/tree.ts'
import type { Refusal } from '../report/outcome.ts'
import type { newSession, runBlocks } from './engine.ts'
import { contentOf } from './fileContent.ts'
import { STANDARD_INPUT } from './files.ts'
import type { RunOptions } from './runOptions.ts'
import { runSurroundings, type RunSurroundings } from './runSurroundings.ts'
import type { Surroundings } from './terminal.ts'
import { workspaceOf, type Workspace } from './workspace.ts'

/** What the files of a run have in common. */
export interface RunSetting {
  readonly options: RunOptions
  readonly around: Surroundings
  /** Of `--secrets-file`. */
  readonly secrets: ReadonlyMap<string, string>
  /** Ends the run; its reason is a `ProblemError`. */
  readonly signal: AbortSignal
  /** What runs blocks: loaded once, on first use. */
  engine(): Promise<Engine>
}

export interface Engine {
  readonly runBlocks: typeof runBlocks
  readonly newSession: typeof newSession
  readonly checkExpression: NonNullable<Knowledge['checkExpression']>
}

/** A file that has been read, with what stands around it. */
export interface PreparedFile {
  readonly text: string
  readonly file: KafkaFile
  readonly workspace: Workspace
  readonly surroundings: RunSurroundings
}

/** Reads a file; no cluster is asked. */
export async function prepareFile(
  name: string,
  setting: RunSetting,
): Promise<PreparedFile | { readonly refusal: Refusal }> {
  const content = await contentOf(name, setting.around, setting.signal)
  if ('refused' in content) {
    const problem = { code: 'unreadable', message: content.refused }
    return { refusal: { exit: content.exit, problem } }
  }
  const file = withoutOverridden(parse(content.text).file, setting.options)
  try {
    const workspace = await workspaceOf(folderOf(name, setting.around), setting.around.folder)
    const { options, secrets, around } = setting
    const surroundings = await runSurroundings({
      workspace,
      secrets,
      variables: options.variables,
      process: around.environment,
      ...(options.environment !== undefined && { environment: options.environment }),
    })
    return { text: content.text, file, workspace, surroundings }
  } catch (error) {
    return { refusal: { exit: 2, problem: problemOf(error) } }
  }
}

/** `--env` counts more than what a file says for all its blocks, and less than what a block says. */
function withoutOverridden(file: KafkaFile, { environment }: RunOptions): KafkaFile {
  if (environment === undefined) return file
  return { ...file, directives: file.directives.filter(({ name }) => name !== 'env') }
}

/** Checks a file; with an error among the problems nothing of it runs. */
export function checkPrepared(
  { file, surroundings }: PreparedFile,
  engine: Engine,
): { readonly problems: readonly ProblemReport[] } | { readonly refusal: Refusal } {
  try {
    return reportOfFile('', file, check(file, knowledgeOf(file, surroundings, engine)))
  } catch (error) {
    return { refusal: { exit: 2, problem: problemOf(error) } }
  }
}

function folderOf(name: string, { folder }: Surroundings): string {
  return name === STANDARD_INPUT ? folder : path.dirname(path.resolve(folder, name))
}

/** What the checks know: also the values of environments that only some blocks name. */
function knowledgeOf(
  file: KafkaFile,
  surroundings: RunSurroundings,
  { checkExpression }: Engine,
): Knowledge {
  const directives = [...file.directives, ...file.blocks.flatMap(block => block.directives)]
  const named = directives.filter(({ name, argument }) => name === 'env' && argument !== '')
  const others = new Map(
    named.map(({ argument }) => [argument, surroundings.environment(argument).values]),
  )
  const { given } = surroundings.values
  return {
    given: new Map([...[...others.values()].flatMap(values => [...values]), ...given]),
    givenOf: block => others.get(directiveOf(file, block, 'env') ?? '') ?? given,
    missing: (name, argument) => surroundings.missing(name, argument),
    checkExpression,
  }
}

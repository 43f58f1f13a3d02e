import path from 'node:path'
import { hasExpressions } from '../language/check/expressions.ts'
import type { Knowledge } from '../language/check/knowledge.ts'
import type { GivenText } from '../language/given.ts'
import type { KafkaFile } from '../language/tree.ts'
import { hasSchemas, schemaFilesOf } from '../language/check/schemas.ts'
import { directiveOf } from '../language/settings.ts'
import { problemOf } from '../base/problem.ts'
import { environmentNames, readEnvironment, type EnvironmentTexts } from '../run/environments.ts'
import type { RunFiles } from '../run/ports.ts'
import { newSchemaCheck, type SchemaFile } from '../run/schemaCheck.ts'
import { STANDARD_INPUT } from './files.ts'
import { runFiles } from './runFiles.ts'
import type { Terminal } from './terminal.ts'
import { nearest, workspaceOf, type Workspace } from './workspace.ts'

/** What stands around the files that are checked. */
export interface CheckKnowledge {
  of(name: string, file: KafkaFile): Promise<Knowledge>
}

/** What files of one folder have in common. */
interface Folder {
  readonly workspace: Workspace
  /** The values of all environments. */
  readonly given: Given
  /** Absent where the file of environments cannot be read. */
  readonly environments?: ReadonlyMap<string, Given>
}

type Given = ReadonlyMap<string, GivenText>

/**
 * A check does not know which environment a run will have: where a block names none, the values of
 * all of them count. Tells `complain` once of each file of environments that cannot be read.
 */
export function newCheckKnowledge(
  terminal: Terminal,
  complain: (problem: string) => void,
): CheckKnowledge {
  const byFolder = new Map<string, Promise<Folder>>()
  const complained = new Set<string>()
  let checkExpression: Knowledge['checkExpression']
  const tell = (problem: string) => {
    if (!complained.has(problem)) complain(problem)
    complained.add(problem)
  }
  return {
    async of(name, file) {
      const folderName =
        name === STANDARD_INPUT
          ? terminal.folder
          : path.dirname(path.resolve(terminal.folder, name))
      const reading = byFolder.get(folderName) ?? folderOf(folderName, terminal, tell)
      byFolder.set(folderName, reading)
      const folder = await reading
      // The library of expressions takes longer to load than most files to check.
      if (!checkExpression && hasExpressions(file))
        checkExpression = (await import('../run/expressionCheck.ts')).newExpressionCheck()
      const schemaOf = await schemasOf(file, folder.workspace)
      return {
        ...givenTo(file, folder),
        ...(checkExpression && { checkExpression }),
        ...(schemaOf && { schemaOf }),
      }
    },
  }
}

function givenTo(file: KafkaFile, { given, environments }: Folder): Knowledge {
  if (!environments) return { given }
  return {
    given,
    givenOf: block => environments.get(directiveOf(file, block, 'env') ?? ''),
    environments: [...environments.keys()],
  }
}

async function schemasOf(file: KafkaFile, workspace: Workspace): Promise<Knowledge['schemaOf']> {
  if (!hasSchemas(file)) return undefined
  const files = runFiles(workspace)
  const texts = new Map<string, SchemaFile>()
  for (const name of schemaFilesOf(file)) texts.set(name, await schemaFile(files, name))
  const { compileJsonSchema } = await import('../formats/jsonSchema.ts')
  return newSchemaCheck(name => texts.get(name), compileJsonSchema)
}

async function schemaFile(files: RunFiles, name: string): Promise<SchemaFile> {
  try {
    return { text: await files.text(name) }
  } catch (error) {
    return { problem: problemOf(error) }
  }
}

async function folderOf(
  folder: string,
  terminal: Terminal,
  tell: (problem: string) => void,
): Promise<Folder> {
  const workspace = await workspaceOf(folder, terminal.folder)
  const texts = await textsIn(workspace)
  const given = new Map<string, GivenText>()
  const environments = new Map<string, Given>()
  let isWhole = true
  for (const name of [undefined, ...environmentNames(texts)]) {
    const read = readEnvironment(texts, name)
    if ('problems' in read) {
      isWhole = false
      for (const { file, line, column, message } of read.problems)
        tell(`${path.relative(terminal.folder, file)}:${line}:${column} ${message}`)
    } else {
      const { values } = read.environment
      for (const [key, value] of values) given.set(key, value)
      if (name !== undefined) environments.set(name, values)
    }
  }
  return { workspace, given, ...(isWhole && { environments }) }
}

async function textsIn(workspace: Workspace): Promise<EnvironmentTexts> {
  const [shown, hidden] = await Promise.all([
    nearest(workspace, 'kafka.env.json'),
    nearest(workspace, 'kafka.private.env.json'),
  ])
  return {
    ...(shown && { public: { name: shown.file, text: shown.text } }),
    ...(hidden && { private: { name: hidden.file, text: hidden.text } }),
  }
}

import path from 'node:path'
import { hasExpressions } from '../language/check/expressions.ts'
import type { Knowledge } from '../language/check/knowledge.ts'
import type { GivenText } from '../language/given.ts'
import type { KafkaFile } from '../language/tree.ts'
import { environmentNames, readEnvironment, type EnvironmentTexts } from '../run/environments.ts'
import { STANDARD_INPUT } from './files.ts'
import type { Terminal } from './terminal.ts'
import { nearest, workspaceOf, type Workspace } from './workspace.ts'

/** What stands around the files that are checked. */
export interface CheckKnowledge {
  of(name: string, file: KafkaFile): Promise<Knowledge>
}

/**
 * A check does not know which environment a run will have: the values of all of them count. Tells
 * `complain` once of each file of environments that cannot be read.
 */
export function newCheckKnowledge(
  terminal: Terminal,
  complain: (problem: string) => void,
): CheckKnowledge {
  const byFolder = new Map<string, Promise<ReadonlyMap<string, GivenText>>>()
  const complained = new Set<string>()
  let checkExpression: Knowledge['checkExpression']
  const tell = (problem: string) => {
    if (!complained.has(problem)) complain(problem)
    complained.add(problem)
  }
  return {
    async of(name, file) {
      const folder =
        name === STANDARD_INPUT
          ? terminal.folder
          : path.dirname(path.resolve(terminal.folder, name))
      const given = byFolder.get(folder) ?? givenIn(folder, terminal, tell)
      byFolder.set(folder, given)
      // The library of expressions takes longer to load than most files to check.
      if (!checkExpression && hasExpressions(file))
        checkExpression = (await import('../run/expressionCheck.ts')).newExpressionCheck()
      return { given: await given, ...(checkExpression && { checkExpression }) }
    },
  }
}

async function givenIn(
  folder: string,
  terminal: Terminal,
  tell: (problem: string) => void,
): Promise<ReadonlyMap<string, GivenText>> {
  const workspace = await workspaceOf(folder, terminal.folder)
  const texts = await textsIn(workspace)
  const given = new Map<string, GivenText>()
  for (const name of [undefined, ...environmentNames(texts)]) {
    const read = readEnvironment(texts, name)
    if ('problems' in read) {
      for (const { file, line, column, message } of read.problems)
        tell(`${path.relative(terminal.folder, file)}:${line}:${column} ${message}`)
    } else {
      for (const [key, value] of read.environment.values) given.set(key, value)
    }
  }
  return given
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

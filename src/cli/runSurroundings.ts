import path from 'node:path'
import { ProblemError } from '../base/problem.ts'
import { parseDotenv } from '../run/dotenv.ts'
import { readEnvironment, type Environment, type EnvironmentProblem } from '../run/environments.ts'
import type { GivenValue, RunValues } from '../run/ports.ts'
import { clusterDefinitions, type ClusterDefinition } from './clusterDefinitions.ts'
import { textOf } from './connectionOptions.ts'
import { nearest, type Workspace } from './workspace.ts'

/** What stands around a `.kafka` file and gives it values. */
export interface RunSurroundings {
  readonly values: RunValues
  readonly clusters: ReadonlyMap<string, ClusterDefinition>
  /** The cluster that the environment of the command line names. */
  readonly cluster?: string
  /** What `-- @env` gives. Throws `ProblemError`. */
  environment(name: string): Environment
  /** As `Knowledge.missing`. */
  missing(name: string, argument: string): string | undefined
}

export interface SurroundingSources {
  readonly workspace: Workspace
  /** `--env`. */
  readonly environment?: string
  /** `--var`. */
  readonly variables: ReadonlyMap<string, string>
  /** `--secrets-file`. */
  readonly secrets: ReadonlyMap<string, string>
  /** Variables of the process. */
  readonly process: Readonly<Record<string, string | undefined>>
}

/** Rejects with `ProblemError` where a file of environments cannot be used. */
export async function runSurroundings(sources: SurroundingSources): Promise<RunSurroundings> {
  const { workspace, variables, secrets, process } = sources
  const [shown, hidden, dotenvFile] = await Promise.all(
    ['kafka.env.json', 'kafka.private.env.json', '.env'].map(name => nearest(workspace, name)),
  )
  const texts = {
    ...(shown && { public: { name: nameIn(workspace, shown.file), text: shown.text } }),
    ...(hidden && { private: { name: nameIn(workspace, hidden.file), text: hidden.text } }),
  }
  const environment = (name?: string): Environment => {
    const read = readEnvironment(texts, name)
    if ('problems' in read) throw problemOf(read.problems)
    const values = new Map([...read.environment.values, ...givenBy(variables)])
    return { ...read.environment, values }
  }
  const own = environment(sources.environment)
  const dotenv = parseDotenv(dotenvFile?.text ?? '')
  const secretOf = (name: string) => secrets.get(name) ?? process[name]
  return {
    clusters: clusterDefinitions([shown, hidden].flatMap(file => (file ? [file] : []))),
    values: {
      given: own.values,
      environment: name => process[name],
      dotenv: name => Promise.resolve(dotenv.get(name)),
      secret: name => Promise.resolve(secretOf(name)),
      prompt: () => Promise.resolve(undefined),
    },
    environment,
    ...(own.cluster !== undefined && { cluster: own.cluster }),
    missing(name, argument) {
      const [what, found] = sourceOf(name, argument)
      return found === undefined ? what : undefined
    },
  }

  function sourceOf(
    name: string,
    argument: string,
  ): readonly [what: string, found: string | undefined] {
    switch (name) {
      case '$prompt':
        return [
          `Nobody can be asked for "${argument}" here. Use a variable, and give it with --var.`,
          undefined,
        ]
      case '$secret':
        return [
          `There is no secret "${argument}". Give it in --secrets-file, or as an environment variable.`,
          secretOf(argument),
        ]
      case '$env':
        return [`There is no environment variable "${argument}".`, process[argument]]
      case '$dotenv':
        return [`The nearest .env file has no "${argument}".`, dotenv.get(argument)]
      default:
        return ['', '']
    }
  }
}

/** Secrets by name, of lines `NAME=value`. Throws `BadOptions`. */
export async function secretsIn(
  file: string | undefined,
  folder: string,
): Promise<ReadonlyMap<string, string>> {
  if (file === undefined) return new Map()
  return parseDotenv(await textOf(file, '--secrets-file', folder))
}

function givenBy(variables: ReadonlyMap<string, string>): readonly [string, GivenValue][] {
  return [...variables].map(([name, text]) => [
    name,
    { text, secret: false, source: '--var', overrides: true },
  ])
}

function nameIn({ root }: Workspace, file: string): string {
  return path.relative(root, file).split(path.sep).join('/')
}

function problemOf(problems: readonly EnvironmentProblem[]): ProblemError {
  const [first] = problems
  const {
    file = 'kafka.env.json',
    line = 1,
    column = 1,
    message = 'It cannot be read.',
  } = first ?? {}
  return new ProblemError({
    code: 'bad-environment',
    message: `${file}:${line}:${column} ${message}`,
  })
}

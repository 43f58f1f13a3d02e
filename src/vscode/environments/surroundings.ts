import * as vscode from 'vscode'
import { ProblemError } from '../../base/problem.ts'
import { directiveOf } from '../../language/settings.ts'
import type { Block, KafkaFile } from '../../language/tree.ts'
import { parseDotenv } from '../../run/dotenv.ts'
import { readEnvironment, type Environment } from '../../run/environments.ts'
import type { EnvironmentFiles } from '../language/environments.ts'
import { nearest } from '../language/environments.ts'
import { clusterOf, type BlockCluster, type ClusterNames } from '../language/kafkaDocument.ts'
import type { ChosenEnvironments } from './chosen.ts'

/** What decides over the values that files are run with. */
export interface EnvironmentSources {
  readonly files: EnvironmentFiles
  readonly chosen: ChosenEnvironments
}

/** What stands around a document and gives it values. */
export interface Surroundings {
  /** Of the environment that is chosen, else of `$shared` alone. */
  readonly own: Environment
  /** What `-- @env` gives. Throws `ProblemError`. */
  environment(name: string): Environment
  /** Of the nearest `.env` file. */
  dotenv(name: string): Promise<string | undefined>
}

/** Reads the files anew. Rejects with `ProblemError` where one of them cannot be used. */
export async function surroundingsOf(
  document: vscode.Uri,
  { files, chosen }: EnvironmentSources,
): Promise<Surroundings> {
  const texts = await files.read(document)
  const environment = (name?: string) => {
    const read = readEnvironment(texts, name)
    if ('environment' in read) return read.environment
    const { file = '', line = 1, column = 1, message = '' } = read.problems[0] ?? {}
    throw new ProblemError({
      code: 'bad-environment',
      message: `${file}:${line}:${column} ${message}`,
    })
  }
  let dotenv: Promise<ReadonlyMap<string, string>> | undefined
  return {
    own: environment(chosen.of(document)),
    environment,
    async dotenv(name) {
      dotenv ??= readDotenv(document)
      return (await dotenv).get(name)
    },
  }
}

async function readDotenv(document: vscode.Uri): Promise<ReadonlyMap<string, string>> {
  const top = vscode.workspace.getWorkspaceFolder(document)?.uri
  const folder = vscode.Uri.joinPath(document, '..')
  const file = top && (await nearest('.env', folder, top))
  return parseDotenv(file?.text ?? '')
}

/**
 * The cluster of a block: what `-- @cluster` names, else the environment, else the selected one;
 * by what is known of the files of environments now.
 */
export function clusterOfBlock(
  document: vscode.TextDocument,
  file: KafkaFile,
  block: Block,
  clusters: ClusterNames,
  { files, chosen }: EnvironmentSources,
): BlockCluster {
  const known = files.of(document.uri)
  const environment = directiveOf(file, block, 'env')
  const name = (environment && known.cluster(environment)) ?? known.cluster(chosen.of(document.uri))
  if (!name || directiveOf(file, block, 'cluster')) return clusterOf(file, block, clusters)
  const cluster = clusters.find(name)
  return cluster ? { kind: 'cluster', cluster } : { kind: 'unknown', name }
}

import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import type { BlockResult } from '../../src/run/results.ts'
import type { Internals } from '../../src/vscode/extension.ts'
import { fileOf } from '../../src/vscode/language/kafkaDocument.ts'
import type { BlockState } from '../../src/vscode/run/blockState.ts'
import { inlineResult, type InlineResult } from '../../src/vscode/run/resultText.ts'
import type { RunRequest, WantedRun } from '../../src/vscode/run/runs.ts'
import { clearClusters, givenBroker, internals, until, writeClusters } from './extension.ts'

/** A folder of the workspace to run `.kafka` files in, against the broker of the suites. */
export interface KafkaFolder {
  /** Made before the tests; unlike those of other suites on the same broker. */
  readonly topic: string
  readonly parts: () => Internals
  readonly uri: (name?: string) => vscode.Uri
  readonly write: (name: string, text: string) => Promise<vscode.Uri>
  /** Writes it and opens it in an editor. */
  readonly show: (name: string, text: string) => Promise<vscode.TextEditor>
  readonly results: (
    document: vscode.TextDocument,
    what: WantedRun,
    options?: RunRequest,
  ) => Promise<readonly BlockResult[]>
  readonly state: OfBlock<BlockState>
  /** What stands beside a block. */
  readonly shown: OfBlock<InlineResult>
  /** Lenses by line: `4 $(run) Run`. */
  readonly lenses: (document: vscode.TextDocument) => Promise<string[]>
  /** How many records were ever written to the topic. */
  readonly written: () => Promise<number>
}

type OfBlock<T> = (document: vscode.TextDocument, block: number) => T | undefined

/**
 * Registers what comes before and after the tests of the suite that calls it: `The Cluster` is
 * selected, `prod` is the same one protected, and nobody answers at `Gone`.
 */
export function kafkaFolder(name: string): KafkaFolder {
  const topic = `${name}-${Date.now()}`
  const broker = givenBroker()
  let known: Internals | undefined
  const parts = () => {
    assert.ok(known)
    return known
  }
  const connected = () => {
    const { clusters } = parts()
    return clusters.connect(clusters.find('The Cluster')?.id ?? '')
  }
  const uri = (file?: string) => {
    const top = vscode.workspace.workspaceFolders?.[0]?.uri
    assert.ok(top)
    return vscode.Uri.joinPath(top, name, ...(file === undefined ? [] : [file]))
  }
  const haveClusters = async () => {
    const { clusters } = parts()
    await writeClusters([
      { id: 'k', name: 'The Cluster', bootstrapServers: [broker] },
      { id: 'prod', name: 'prod', bootstrapServers: [broker], protected: true },
      { id: 'gone', name: 'Gone', bootstrapServers: ['127.0.0.1:1'] },
    ])
    await until('the clusters', () => clusters.all.length === 3)
    await clusters.select('k')
  }
  const write = async (file: string, text: string) => {
    await vscode.workspace.fs.writeFile(uri(file), new TextEncoder().encode(text))
    return uri(file)
  }
  const state = (document: vscode.TextDocument, index: number) => {
    const block = fileOf(document).blocks[index]
    return block && parts().runs.states.state(document, block)
  }

  before(async function () {
    if (broker === undefined) {
      this.skip()
      return
    }
    known = await internals()
    await haveClusters()
    await (await connected()).createTopics([{ name: topic, partitions: 3 }])
  })
  beforeEach(haveClusters)
  afterEach(async () => {
    const { runs } = parts().runs
    runs.stopAll()
    await until('no runs', () => runs.active.length === 0)
    await vscode.commands.executeCommand('workbench.action.closeAllEditors')
    await clearClusters()
  })
  after(async () => {
    await known?.environments.chosen.choose(uri('x.kafka'), undefined)
    if (known) await vscode.workspace.fs.delete(uri(), { recursive: true }).then(undefined, () => 0)
  })

  return {
    topic,
    parts,
    uri,
    write,
    state,
    async show(file, text) {
      const document = await vscode.workspace.openTextDocument(await write(file, text))
      return vscode.window.showTextDocument(document)
    },
    async results(document, what, options) {
      const ended: BlockResult[] = []
      for await (const event of parts().runs.runs.run(document, what, options))
        if (event.kind === 'block-ended') ended.push(event.result)
      return ended
    },
    shown(document, index) {
      const now = state(document, index)
      return now && inlineResult(now)
    },
    async lenses(document) {
      const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        document.uri,
      )
      return found.map(({ range, command }) =>
        `${range.start.line} ${command?.title ?? ''}`.replaceAll('\u00a0', ' '),
      )
    },
    async written() {
      const partitions = [0, 1, 2].map(partition => ({ topic, partition, at: 'latest' as const }))
      const answers = await (await connected()).listOffsets(partitions)
      return answers.reduce((sum, { offset }) => sum + Number(offset), 0)
    },
  }
}

/** `0 passed`, `1 refused "{{x}}" is not defined.`, `2 skipped not now`. */
export function statuses(ended: readonly BlockResult[]): string[] {
  return ended.map(
    ({ block, status, problem, notice }) =>
      `${block} ${status}${problem ? ` ${problem.message}` : ''}${notice === undefined ? '' : ` ${notice}`}`,
  )
}

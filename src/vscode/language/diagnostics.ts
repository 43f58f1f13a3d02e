import * as vscode from 'vscode'
import { DisposableStore, toDisposable, type Disposable } from '../../base/dispose.ts'
import { check, type Knowledge } from '../../language/check/check.ts'
import type { FileProblem, KafkaFile } from '../../language/tree.ts'
import type { Clusters } from '../clusters/clusters.ts'
import type { ClusterKnowledge } from './clusterKnowledge.ts'
import { rangeOf, SEVERITIES } from './convert.ts'
import { GENERATED_DATA, generatesData } from './generatedData.ts'
import { clusterOfFile, fileOf, KAFKA_LANGUAGE } from './kafkaDocument.ts'

export interface CheckDeps {
  readonly clusters: Clusters
  readonly knowledge: ClusterKnowledge
}

/** Ms from the last keystroke to the check. */
const PAUSE = 250

/** Keeps the problems of open `.kafka` documents, checked again when text or cluster change. */
export function registerDiagnostics(deps: CheckDeps): Disposable {
  const store = new DisposableStore()
  const collection = store.add(vscode.languages.createDiagnosticCollection(KAFKA_LANGUAGE))
  const timers = new Map<vscode.TextDocument, NodeJS.Timeout>()

  const run = (document: vscode.TextDocument) => {
    timers.delete(document)
    if (document.isClosed) return
    const file = fileOf(document)
    collection.set(
      document.uri,
      problemsOf(file, deps).map(problem => diagnosticOf(file, problem)),
    )
  }
  const soon = (document: vscode.TextDocument, after = PAUSE) => {
    if (document.languageId !== KAFKA_LANGUAGE) return
    clearTimeout(timers.get(document))
    timers.set(
      document,
      setTimeout(() => {
        run(document)
      }, after),
    )
  }
  const all = () => {
    for (const document of vscode.workspace.textDocuments) soon(document)
  }
  const forget = (document: vscode.TextDocument) => {
    clearTimeout(timers.get(document))
    timers.delete(document)
    collection.delete(document.uri)
  }

  store.add(
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      soon(document)
    }),
  )
  store.add(
    vscode.workspace.onDidOpenTextDocument(document => {
      soon(document, 0)
    }),
  )
  store.add(vscode.workspace.onDidCloseTextDocument(forget))
  store.add(deps.clusters.onDidChange(all))
  store.add(deps.knowledge.onDidChange(all))
  store.add(
    vscode.workspace.onDidChangeConfiguration(event => {
      if (event.affectsConfiguration(GENERATED_DATA)) all()
    }),
  )
  store.add(
    toDisposable(() => {
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
    }),
  )
  all()
  return store
}

/** The problems of a file; what a cluster knows is used only while it is connected. */
export function problemsOf(file: KafkaFile, deps: CheckDeps): readonly FileProblem[] {
  return check(file, { ...knowledgeOf(file, deps), generatedData: generatesData() })
}

function knowledgeOf(file: KafkaFile, { clusters, knowledge }: CheckDeps): Knowledge {
  // Blocks of one file can go to several clusters: what one of them has says nothing of another.
  const found = clusterOfFile(file, clusters)
  if (goesToSeveral(file) || found.kind !== 'cluster') return {}
  const facts = knowledge.of(found.cluster.id)
  if (!facts) return {}
  return {
    topics: new Set(facts.topics.keys()),
    partitionsOf: topic => facts.topics.get(topic)?.partitions,
    ...(facts.autoCreate !== undefined && { autoCreate: facts.autoCreate }),
  }
}

/** Whether a block names a cluster of its own, or a cluster is named below the first block. */
function goesToSeveral({ blocks, directives }: KafkaFile): boolean {
  const namesCluster = ({ name }: { readonly name: string }) => name === 'cluster'
  const start = blocks[0]?.span.start ?? Number.POSITIVE_INFINITY
  return (
    blocks.some(block => block.directives.some(namesCluster)) ||
    directives.some(directive => namesCluster(directive) && directive.nameSpan.start > start)
  )
}

function diagnosticOf(file: KafkaFile, problem: FileProblem): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(
    rangeOf(file, problem.span),
    problem.message,
    SEVERITIES[problem.severity],
  )
  diagnostic.code = problem.code
  diagnostic.source = 'Kafka'
  return diagnostic
}

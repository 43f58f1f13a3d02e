import * as vscode from 'vscode'
import { DisposableStore, toDisposable, type Disposable } from '../../base/dispose.ts'
import { check } from '../../language/check/check.ts'
import type { FileProblem, KafkaFile } from '../../language/tree.ts'
import type { Clusters } from '../clusters/clusters.ts'
import type { ClusterKnowledge } from './clusterKnowledge.ts'
import { rangeOf, SEVERITIES } from './convert.ts'
import { GENERATED_DATA, generatesData } from './generatedData.ts'
import { knowledgeOf } from './fileKnowledge.ts'
import { fileOf, KAFKA_LANGUAGE } from './kafkaDocument.ts'
import { oldNameHints } from './modernise.ts'

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
    const problems = problemsOf(document, deps).map(problem => diagnosticOf(file, problem))
    collection.set(document.uri, [...problems, ...oldNameHints(document)])
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

/** The problems of a document; what clusters know is used only while they are connected. */
export function problemsOf(
  document: vscode.TextDocument,
  { clusters, knowledge }: CheckDeps,
): readonly FileProblem[] {
  const file = fileOf(document)
  return check(file, {
    ...knowledgeOf(file, clusters, knowledge),
    generatedData: generatesData(document.uri),
  })
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

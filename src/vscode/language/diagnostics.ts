import * as vscode from 'vscode'
import { DisposableStore, toDisposable, type Disposable } from '../../base/dispose.ts'
import { check } from '../../language/check/check.ts'
import { TOO_LARGE } from '../../language/limits.ts'
import type { FileProblem, KafkaFile } from '../../language/tree.ts'
import { rangeOf, SEVERITIES } from './convert.ts'
import { GENERATED_DATA, generatesData } from './generatedData.ts'
import { blockCluster } from './blockCluster.ts'
import { givenIn, knowledgeOf, type CheckDeps } from './fileKnowledge.ts'
import { fileOf, isTooLarge, KAFKA_LANGUAGE } from './kafkaDocument.ts'
import { oldNameHints } from './modernise.ts'

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
    if (isTooLarge(document)) {
      collection.set(document.uri, [tooLarge()])
      return
    }
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
  store.add(deps.expressions.onDidChange(all))
  store.add(deps.environments.onDidChange(all))
  store.add(deps.schemas.onDidChange(all))
  store.add(deps.samples.onDidChange(all))
  store.add(deps.chosen.onDidChange(all))
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
export function problemsOf(document: vscode.TextDocument, deps: CheckDeps): readonly FileProblem[] {
  const file = fileOf(document)
  const checkExpression = deps.expressions.checkOf(file)
  const schemaOf = deps.schemas.checkOf(document.uri, file)
  return check(file, {
    ...knowledgeOf(block => blockCluster(document, file, block, deps), deps),
    ...givenIn(document, file, deps),
    ...(checkExpression && { checkExpression }),
    ...(schemaOf && { schemaOf }),
    generatedData: generatesData(document.uri),
  })
}

/** Instead of all that is wrong with it: nothing of such a file is read. */
function tooLarge(): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(
    new vscode.Range(0, 0, 0, 1),
    `${TOO_LARGE} Keep large values in files of their own: "records-from: file(path)".`,
    vscode.DiagnosticSeverity.Error,
  )
  diagnostic.source = 'Kafka'
  return diagnostic
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

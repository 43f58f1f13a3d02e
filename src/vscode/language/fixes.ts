import * as vscode from 'vscode'
import type { FileProblem, Fix, KafkaFile } from '../../language/tree.ts'
import { blockCluster } from './blockCluster.ts'
import { rangeOf } from './convert.ts'
import { problemsOf } from './diagnostics.ts'
import type { CheckDeps } from './fileKnowledge.ts'
import { fileOf } from './kafkaDocument.ts'

/** Quick fixes, from the problems as they are now. */
export function fixesProvider(deps: CheckDeps): vscode.CodeActionProvider {
  return {
    provideCodeActions(document, range, context) {
      const file = fileOf(document)
      return problemsOf(document, deps)
        .filter(({ fixes, span }) => fixes && range.intersection(rangeOf(file, span)))
        .flatMap(problem => {
          const diagnostics = context.diagnostics.filter(
            ({ code, range: at }) =>
              code === problem.code && at.isEqual(rangeOf(file, problem.span)),
          )
          return actionsOf(document, file, problem, diagnostics, deps)
        })
    },
  }
}

function actionsOf(
  document: vscode.TextDocument,
  file: KafkaFile,
  problem: FileProblem,
  diagnostics: vscode.Diagnostic[],
  deps: CheckDeps,
): vscode.CodeAction[] {
  const fixes = problem.fixes ?? []
  return fixes.map(fix => {
    const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix)
    action.diagnostics = diagnostics
    action.isPreferred = fixes.length === 1 && fix.createTopic === undefined
    if (fix.createTopic === undefined) action.edit = editOf(document, file, fix)
    else action.command = createTopicCommand(document, file, problem.block, fix.createTopic, deps)
    return action
  })
}

function editOf(
  document: vscode.TextDocument,
  file: KafkaFile,
  { edits }: Fix,
): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit()
  for (const { span, text } of edits) edit.replace(document.uri, rangeOf(file, span), text)
  return edit
}

/** The topic is made where the block that misses it goes to. */
function createTopicCommand(
  document: vscode.TextDocument,
  file: KafkaFile,
  index: number | undefined,
  topic: string,
  deps: CheckDeps,
): vscode.Command {
  const block = index === undefined ? undefined : file.blocks[index]
  const found = block && blockCluster(document, file, block, deps)
  const clusterId = found?.kind === 'cluster' ? { clusterId: found.cluster.id } : {}
  return {
    title: 'Create Topic',
    command: 'kafkaWorkbench.createTopicOfFile',
    arguments: [{ ...clusterId, newTopic: topic }],
  }
}

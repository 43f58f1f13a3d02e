import * as vscode from 'vscode'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import type { Log } from '../../base/log.ts'
import { guarded } from '../clusters/clusterCommands.ts'
import type { Clusters } from '../clusters/clusters.ts'
import type { EnvironmentSources } from '../environments/surroundings.ts'
import { textOf } from '../clusters/pickCluster.ts'
import { createClusterKnowledge } from './clusterKnowledge.ts'
import { registerDiagnostics } from './diagnostics.ts'
import { createExpressions } from './expressions.ts'
import { fixesProvider } from './fixes.ts'
import { formatJsonOfBlock } from './formatJson.ts'
import { KAFKA_LANGUAGE } from './kafkaDocument.ts'
import { moderniseProvider } from './modernise.ts'
import { definitionProvider, referenceProvider, renameProvider } from './navigation.ts'
import { noticeOtherExtension } from './otherExtension.ts'
import {
  completionProvider,
  foldingProvider,
  hoverProvider,
  symbolProvider,
  tokensLegend,
  tokensProvider,
} from './providers.ts'
import { createSchemaFiles } from './schemaFiles.ts'
import { createTopicSamples } from './topicSamples.ts'

export interface LanguageDeps {
  readonly clusters: Clusters
  readonly environments: EnvironmentSources
  readonly inSession: (document: vscode.TextDocument, name: string) => string | undefined
  readonly log: Log
  /** Remembers that the notice about another extension was given. */
  readonly globalState: vscode.Memento
  /** Our own id, `publisher.name`. */
  readonly extensionId: string
}

/** The services of the language `kafka`. */
export function registerLanguage(deps: LanguageDeps): Disposable {
  const store = new DisposableStore()
  const knowledge = store.add(createClusterKnowledge(deps.clusters, deps.log))
  const expressions = store.add(createExpressions(deps.log))
  const { files: environments, chosen } = deps.environments
  const checking = {
    clusters: deps.clusters,
    knowledge,
    expressions,
    environments,
    chosen,
    schemas: store.add(createSchemaFiles(deps.log)),
    samples: store.add(createTopicSamples(deps.clusters, deps.log)),
    inSession: deps.inSession,
  }
  const selector = { language: KAFKA_LANGUAGE }
  const quickFixes = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] }
  const { languages } = vscode
  store.add(registerDiagnostics(checking))
  store.add(
    languages.registerCompletionItemProvider(
      selector,
      completionProvider(checking),
      ...[':', '{', '.', '(', '$', '@', ' ', '"', '#'],
    ),
  )
  store.add(languages.registerHoverProvider(selector, hoverProvider(checking)))
  store.add(languages.registerDefinitionProvider(selector, definitionProvider(checking)))
  store.add(languages.registerReferenceProvider(selector, referenceProvider(checking)))
  store.add(languages.registerRenameProvider(selector, renameProvider(checking)))
  store.add(languages.registerFoldingRangeProvider(selector, foldingProvider))
  store.add(languages.registerDocumentSymbolProvider(selector, symbolProvider))
  store.add(
    languages.registerDocumentSemanticTokensProvider(selector, tokensProvider, tokensLegend),
  )
  store.add(languages.registerCodeActionsProvider(selector, fixesProvider(checking), quickFixes))
  store.add(languages.registerCodeActionsProvider(selector, moderniseProvider, quickFixes))
  store.add(
    vscode.commands.registerCommand(
      'kafkaWorkbench.createTopicOfFile',
      guarded(deps.log, async argument => {
        await vscode.commands.executeCommand('kafkaWorkbench.createTopic', argument)
        const clusterId = textOf(argument, 'clusterId')
        if (clusterId !== undefined) knowledge.forget(clusterId)
      }),
    ),
  )
  store.add(
    vscode.commands.registerCommand(
      'kafkaWorkbench.formatJsonOfBlock',
      guarded(deps.log, formatJsonOfBlock),
    ),
  )
  void noticeOtherExtension(deps)
  return store
}

import * as vscode from 'vscode'
import { complete } from '../../language/services/completion.ts'
import { hover } from '../../language/services/hover.ts'
import { foldingRanges, symbolsOf } from '../../language/services/outline.ts'
import { TOKEN_TYPES, tokensOf } from '../../language/services/tokens.ts'
import type { Completion } from '../../language/services/offers.ts'
import type { KafkaFile } from '../../language/tree.ts'
import { consumerSettings } from '../messages/settings.ts'
import { COMPLETION_KINDS, offsetOf, rangeOf, SYMBOL_KINDS } from './convert.ts'
import type { ClusterFacts } from './clusterKnowledge.ts'
import { givenTo, type CheckDeps } from './fileKnowledge.ts'
import { clusterAt, fileOf } from './kafkaDocument.ts'

/** What is known of the cluster of what stands at an offset, while it is connected. */
function factsAt(
  file: KafkaFile,
  offset: number,
  { clusters, knowledge }: CheckDeps,
): ClusterFacts | undefined {
  const found = clusterAt(file, offset, clusters)
  return found.kind === 'cluster' ? knowledge.of(found.cluster.id) : undefined
}

export function completionProvider(deps: CheckDeps): vscode.CompletionItemProvider {
  return {
    provideCompletionItems(document, position) {
      const file = fileOf(document)
      const offset = offsetOf(file, position)
      const facts = factsAt(file, offset, deps)
      const known = {
        ...(facts && { topics: [...facts.topics.values()], groups: facts.groups }),
        clusters: deps.clusters.all.map(({ name }) => name),
        environments: deps.environments.of(document.uri).names,
        given: givenTo(document, file, deps),
      }
      return complete(file, offset, known).map((completion, index) =>
        itemOf(file, completion, index),
      )
    },
  }
}

function itemOf(file: KafkaFile, completion: Completion, index: number): vscode.CompletionItem {
  const { label, kind, detail, documentation, insert, snippet, span, again } = completion
  const item = new vscode.CompletionItem(label, COMPLETION_KINDS[kind])
  item.insertText = snippet ? new vscode.SnippetString(insert) : insert
  item.range = rangeOf(file, span)
  // The language offers in an order of its own.
  item.sortText = String(index).padStart(5, '0')
  if (detail !== undefined) item.detail = detail
  if (documentation !== undefined) item.documentation = new vscode.MarkdownString(documentation)
  if (again) item.command = { title: 'More', command: 'editor.action.triggerSuggest' }
  return item
}

export function hoverProvider(deps: CheckDeps): vscode.HoverProvider {
  return {
    provideHover(document, position) {
      const file = fileOf(document)
      const offset = offsetOf(file, position)
      const facts = factsAt(file, offset, deps)
      const found = hover(file, offset, {
        time: { ...consumerSettings(), describe: localTime },
        given: givenTo(document, file, deps),
        inSession: name => deps.inSession(document, name),
        ...(facts && { topicOf: (name: string) => facts.topics.get(name) }),
      })
      return (
        found &&
        new vscode.Hover(new vscode.MarkdownString(found.markdown), rangeOf(file, found.span))
      )
    },
  }
}

/** `2026-11-20 14:02:10 GMT+1`: a time in the machine's zone, with the zone. */
function localTime(timestamp: number): string {
  const zone = new Intl.DateTimeFormat('en', { timeZoneName: 'short' })
    .formatToParts(timestamp)
    .find(({ type }) => type === 'timeZoneName')?.value
  const date = new Date(timestamp)
  const two = (number: number) => String(number).padStart(2, '0')
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
  return [day, time, zone].filter(part => part !== undefined).join(' ')
}

export const foldingProvider: vscode.FoldingRangeProvider = {
  provideFoldingRanges: document =>
    foldingRanges(fileOf(document)).map(
      ({ startLine, endLine }) => new vscode.FoldingRange(startLine, endLine),
    ),
}

export const symbolProvider: vscode.DocumentSymbolProvider = {
  provideDocumentSymbols(document) {
    const file = fileOf(document)
    return symbolsOf(file).map(
      ({ name, detail, kind, span, selection }) =>
        new vscode.DocumentSymbol(
          name,
          detail,
          SYMBOL_KINDS[kind],
          rangeOf(file, span),
          rangeOf(file, selection),
        ),
    )
  },
}

export const tokensLegend = new vscode.SemanticTokensLegend([...TOKEN_TYPES])

export const tokensProvider: vscode.DocumentSemanticTokensProvider = {
  provideDocumentSemanticTokens(document) {
    const file = fileOf(document)
    const builder = new vscode.SemanticTokensBuilder(tokensLegend)
    for (const { span, type } of tokensOf(file)) builder.push(rangeOf(file, span), type)
    return builder.build()
  },
}

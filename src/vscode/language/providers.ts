import * as vscode from 'vscode'
import { complete } from '../../language/services/completion.ts'
import { hover } from '../../language/services/hover.ts'
import { foldingRanges, symbolsOf } from '../../language/services/outline.ts'
import { TOKEN_TYPES, tokensOf } from '../../language/services/tokens.ts'
import type { Completion, CompletionKnowledge } from '../../language/services/offers.ts'
import type { KafkaFile } from '../../language/tree.ts'
import { consumerSettings } from '../messages/settings.ts'
import { clusterHere } from './blockCluster.ts'
import { COMPLETION_KINDS, offsetOf, rangeOf, SYMBOL_KINDS } from './convert.ts'
import type { ClusterFacts } from './clusterKnowledge.ts'
import { givenAt, type CheckDeps } from './fileKnowledge.ts'
import { fileOf, type BlockCluster } from './kafkaDocument.ts'

/** What is known of a cluster, while it is connected. */
function factsOf(found: BlockCluster, { knowledge }: CheckDeps): ClusterFacts | undefined {
  return found.kind === 'cluster' ? knowledge.of(found.cluster.id) : undefined
}

/** Ms for which completion waits for the records of a topic that was not looked at yet. */
const PATIENCE = 1_500

export function completionProvider(deps: CheckDeps): vscode.CompletionItemProvider {
  return {
    async provideCompletionItems(document, position) {
      const file = fileOf(document)
      const offset = offsetOf(file, position)
      const cluster = clusterHere(document, file, offset, deps)
      const facts = factsOf(cluster, deps)
      const asked = new Set<string>()
      const known = {
        ...(facts && { topics: [...facts.topics.values()], groups: facts.groups }),
        clusters: deps.clusters.all.map(({ name }) => name),
        environments: deps.environments.of(document.uri).names,
        given: givenAt(document, file, offset, deps),
        schemaText: (path: string) => deps.schemas.textOf(document.uri, path),
        ...seenIn(cluster, facts, asked, deps),
      }
      const offers = complete(file, offset, known)
      if (asked.size === 0) return itemsOf(file, offers)
      if (cluster.kind === 'cluster')
        for (const topic of asked) await deps.samples.load(cluster.cluster.id, topic, PATIENCE)
      return itemsOf(file, complete(file, offset, known))
    },
  }
}

/** What recent records tell. Topics that were not looked at yet are noted as asked for. */
function seenIn(
  found: BlockCluster,
  facts: ClusterFacts | undefined,
  asked: Set<string>,
  { samples }: CheckDeps,
): Pick<CompletionKnowledge, 'fieldsOf' | 'headersOf'> {
  if (found.kind !== 'cluster' || !facts) return {}
  const sampleOf = (topic: string) => {
    if (!facts.topics.has(topic)) return undefined
    const sample = samples.of(found.cluster.id, topic)
    if (!sample) asked.add(topic)
    return sample
  }
  return {
    fieldsOf: topic => sampleOf(topic)?.fields ?? [],
    headersOf: topic => sampleOf(topic)?.headers ?? [],
  }
}

function itemsOf(file: KafkaFile, offers: readonly Completion[]): vscode.CompletionItem[] {
  return offers.map((completion, index) => itemOf(file, completion, index))
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
      const facts = factsOf(clusterHere(document, file, offset, deps), deps)
      const found = hover(file, offset, {
        time: { ...consumerSettings(), describe: localTime },
        given: givenAt(document, file, offset, deps),
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

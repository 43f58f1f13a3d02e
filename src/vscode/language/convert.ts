import * as vscode from 'vscode'
import type { Span } from '../../language/lines.ts'
import type { CompletionKind } from '../../language/services/offers.ts'
import type { FileSymbol } from '../../language/services/outline.ts'
import type { KafkaFile, Severity } from '../../language/tree.ts'

/** Spans and places of the language as VS Code has them: both count in UTF-16 units from 0. */
export function rangeOf(file: KafkaFile, { start, end }: Span): vscode.Range {
  const from = file.lines.placeOf(start)
  const to = file.lines.placeOf(end)
  return new vscode.Range(from.line, from.column, to.line, to.column)
}

export function offsetOf(file: KafkaFile, { line, character }: vscode.Position): number {
  return file.lines.offsetOf({ line, column: character })
}

export const SEVERITIES: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
}

export const COMPLETION_KINDS: Readonly<Record<CompletionKind, vscode.CompletionItemKind>> = {
  block: vscode.CompletionItemKind.Keyword,
  property: vscode.CompletionItemKind.Property,
  value: vscode.CompletionItemKind.Value,
  format: vscode.CompletionItemKind.TypeParameter,
  topic: vscode.CompletionItemKind.Reference,
  group: vscode.CompletionItemKind.Reference,
  function: vscode.CompletionItemKind.Function,
  variable: vscode.CompletionItemKind.Variable,
  directive: vscode.CompletionItemKind.Keyword,
  field: vscode.CompletionItemKind.Field,
  method: vscode.CompletionItemKind.Method,
}

export const SYMBOL_KINDS: Readonly<Record<FileSymbol['kind'], vscode.SymbolKind>> = {
  PRODUCER: vscode.SymbolKind.Event,
  CONSUMER: vscode.SymbolKind.Interface,
  EXPECT: vscode.SymbolKind.Boolean,
  TOPIC: vscode.SymbolKind.Struct,
  DEFAULTS: vscode.SymbolKind.Object,
  variable: vscode.SymbolKind.Variable,
}

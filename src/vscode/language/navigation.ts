import * as vscode from 'vscode'
import {
  definitionsOf,
  nameAt,
  referencesOf,
  rename,
  renameable,
} from '../../language/services/navigate.ts'
import type { Span } from '../../language/lines.ts'
import type { KafkaFile } from '../../language/tree.ts'
import { offsetOf, rangeOf } from './convert.ts'
import { givenIn, type CheckDeps } from './fileKnowledge.ts'
import { fileOf } from './kafkaDocument.ts'

/** The name at a place, with what is known of names from outside the file. */
function nameIn(document: vscode.TextDocument, position: vscode.Position, deps: CheckDeps) {
  const file = fileOf(document)
  const given = new Set(givenIn(document, file, deps).given.keys())
  return { file, given, offset: offsetOf(file, position) }
}

const placesOf = (document: vscode.TextDocument, file: KafkaFile, spans: readonly Span[]) =>
  spans.map(span => new vscode.Location(document.uri, rangeOf(file, span)))

/** Variables, captures and blocks in the file, values of environments in theirs. */
export function definitionProvider(deps: CheckDeps): vscode.DefinitionProvider {
  return {
    provideDefinition(document, position) {
      const { file, given, offset } = nameIn(document, position, deps)
      const name = nameAt(file, offset, given)
      if (!name) return undefined
      if (name.kind !== 'given') return placesOf(document, file, definitionsOf(file, name))
      return deps.environments
        .of(document.uri)
        .placesOf(name.name)
        .map(({ uri, range }) => new vscode.Location(uri, range))
    },
  }
}

export function referenceProvider(deps: CheckDeps): vscode.ReferenceProvider {
  return {
    provideReferences(document, position, { includeDeclaration }) {
      const { file, given, offset } = nameIn(document, position, deps)
      const name = nameAt(file, offset, given)
      const places = name ? referencesOf(file, name, includeDeclaration, given) : []
      return placesOf(
        document,
        file,
        places.map(({ span }) => span),
      )
    },
  }
}

/** Refuses with the reason, which the editor shows beside the name. */
export function renameProvider(deps: CheckDeps): vscode.RenameProvider {
  return {
    prepareRename(document, position) {
      const { file, given, offset } = nameIn(document, position, deps)
      const found = renameable(file, offset, given)
      if ('refused' in found) throw new Error(found.refused)
      return { range: rangeOf(file, found.name.span), placeholder: found.name.name }
    },
    provideRenameEdits(document, position, newName) {
      const { file, given, offset } = nameIn(document, position, deps)
      const renamed = rename(file, offset, newName, given)
      if ('refused' in renamed) throw new Error(renamed.refused)
      const edit = new vscode.WorkspaceEdit()
      for (const { span, text } of renamed.edits)
        edit.replace(document.uri, rangeOf(file, span), text)
      return edit
    },
  }
}

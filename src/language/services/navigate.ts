import { declaredOf } from '../declared.ts'
import type { Span } from '../lines.ts'
import { isFakerModule, isFakerName, scopeOf } from '../names.ts'
import { callOf } from '../template.ts'
import type { KafkaFile, TextEdit } from '../tree.ts'
import { quoted } from '../words.ts'
import { occurrencesOf, type NameKind, type Occurrence } from './occurrences.ts'

/** The name at an offset; `undefined`: none that is declared anywhere. */
export function nameAt(
  file: KafkaFile,
  offset: number,
  given?: ReadonlySet<string>,
): Occurrence | undefined {
  return occurrencesOf(file, given).find(({ span }) => offset >= span.start && offset <= span.end)
}

/** Where a name of the file is declared; a value from outside is declared nowhere in it. */
export function definitionsOf(file: KafkaFile, name: Occurrence): readonly Span[] {
  return referencesOf(file, name, true)
    .filter(({ declares }) => declares)
    .map(({ span }) => span)
}

/** All places of a name, with or without those that declare it. */
export function referencesOf(
  file: KafkaFile,
  { kind, name }: Pick<Occurrence, 'kind' | 'name'>,
  withDeclarations: boolean,
  given?: ReadonlySet<string>,
): readonly Occurrence[] {
  return occurrencesOf(file, given).filter(
    each => each.kind === kind && each.name === name && (withDeclarations || !each.declares),
  )
}

export type Rename = { readonly edits: readonly TextEdit[] } | { readonly refused: string }

/** Why a name cannot be renamed, or the place of what would be. */
export function renameable(
  file: KafkaFile,
  offset: number,
  given?: ReadonlySet<string>,
): { readonly name: Occurrence } | { readonly refused: string } {
  const name = nameAt(file, offset, given)
  if (!name) return { refused: 'Only variables, captures and names of blocks can be renamed.' }
  if (name.kind === 'given')
    return {
      refused: `${quoted(name.name)} is not declared in this file. Rename it in its environment.`,
    }
  if (name.kind === 'block' && (declaredOf(file).blocks.get(name.name)?.length ?? 0) > 1)
    return {
      refused: `${quoted(name.name)} is the name of several blocks. Rename them one by one.`,
    }
  return { name }
}

/** Gives what stands at an offset another name everywhere, if that changes nothing else. */
export function rename(
  file: KafkaFile,
  offset: number,
  newName: string,
  given?: ReadonlySet<string>,
): Rename {
  const found = renameable(file, offset, given)
  if ('refused' in found) return found
  const { kind, name } = found.name
  if (newName === name) return { edits: [] }
  const refused = whyNot(file, kind, newName, given)
  if (refused !== undefined) return { refused }
  const places = referencesOf(file, found.name, true, given)
  return { edits: places.map(({ span }) => ({ span, text: newName })) }
}

function whyNot(
  file: KafkaFile,
  kind: NameKind,
  newName: string,
  given: ReadonlySet<string> | undefined,
): string | undefined {
  const form = kind === 'variable' ? VARIABLE : PLAIN
  if (!form.test(newName) || callOf(newName)?.name !== newName)
    return `${quoted(newName)} is not a name: letters, digits, "_" and "-", and a letter or "_" first.`
  if (isFakerName(newName) || (kind !== 'block' && isFakerModule(newName)))
    return `${quoted(newName)} means generated data.`
  const { variables, captures, blocks, given: outside } = scopeOf(file, given)
  const first = newName.split('.')[0] ?? newName
  const isTaken = [variables, captures, blocks, outside].some(names => names.has(newName))
  // A part of what was captured, or of a record: it would be that instead.
  const isPart = first !== newName && (captures.has(first) || blocks.has(first))
  return isTaken || isPart ? `${quoted(newName)} is a name of something else.` : undefined
}

const PLAIN = /^[A-Za-z_][\w-]*$/
const VARIABLE = /^[A-Za-z_][\w-]*(?:\.[\w-]+)*$/

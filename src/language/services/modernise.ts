import { legacyCall } from '../legacyCall.ts'
import { legacyFakerOf } from '../legacyFaker.ts'
import type { Span } from '../lines.ts'
import { isFakerName, scopeOf, sourceOf, type NameScope } from '../names.ts'
import { callOf, scanTemplates, type TemplateCall } from '../template.ts'
import { templateWordsOf, variableWordsOf, type TemplateWord } from '../templateWords.ts'
import type { KafkaFile, TextEdit } from '../tree.ts'

/** A name of an older faker in a template, and what does the same today. */
export interface OldName {
  /** The name as it is written. */
  readonly name: string
  readonly span: Span
  /** Replaces the name and its arguments. */
  readonly edit: TextEdit
}

/** More than this in one file helps nobody. */
const MOST = 1_000

/**
 * The names of older fakers that can be written as today's. They work as they are: this is a hint,
 * never a problem. What only several calls would replace is left out.
 */
export function oldNamesOf(file: KafkaFile): readonly OldName[] {
  const scope = scopeOf(file)
  const words = [...variableWordsOf(file), ...file.blocks.flatMap(templateWordsOf)]
  return words
    .flatMap(word => oldNamesIn(word, scope))
    .slice(0, MOST)
    .sort((a, b) => a.span.start - b.span.start)
}

function oldNamesIn(word: TemplateWord, scope: NameScope): readonly OldName[] {
  return scanTemplates(word.text, word.span.start).parts.flatMap(part => {
    const call = part.kind === 'expression' ? callOf(part.text) : undefined
    if (part.kind === 'text' || !call || sourceOf(call, scope) !== 'legacy') return []
    const text = todayOf(call)
    if (text === undefined || (word.inList && /[,=]/.test(text))) return []
    const start = part.inner.start + call.nameStart
    const { name } = call
    const edit = { span: { start, end: part.inner.end }, text }
    return [{ name, span: { start, end: start + name.length }, edit }]
  })
}

function todayOf(call: TemplateCall): string | undefined {
  const legacy = legacyFakerOf(call.name, isFakerName)
  if (!legacy) return undefined
  if ('now' in legacy) return '$timestamp'
  if (!('method' in legacy)) return undefined
  const text = legacyCall(legacy, (call.callArguments ?? '').trim()).replace(/\(\)$/, '')
  // Braces of the arguments would end the template.
  return text.includes('}}') || text.includes('{{') ? undefined : text
}

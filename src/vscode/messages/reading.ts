import type { ReadingText } from '../../run/readingText.ts'

/** A reading that a view shows: what is read where, and whether the view may change it. */
export interface Reading {
  /** One view per id: a block of a file, or a topic that is looked at. */
  readonly id: string
  readonly clusterId: string
  readonly text: ReadingText
  /** False for a block of a file, which says itself what is read. */
  readonly adjustable: boolean
}

/** A reading as the view kept it over a reload; undefined for anything else. */
export function savedReading(state: unknown): Reading | undefined {
  if (!isObject(state) || !isObject(state['text'])) return undefined
  const { id, clusterId, adjustable, text } = state
  const { group, properties } = text
  if (typeof id !== 'string' || typeof clusterId !== 'string' || !isTexts(properties))
    return undefined
  return {
    id,
    clusterId,
    adjustable: adjustable === true,
    text: { ...(typeof group === 'string' && { group }), properties },
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isTexts(value: unknown): value is Record<string, string> {
  return isObject(value) && Object.values(value).every(text => typeof text === 'string')
}

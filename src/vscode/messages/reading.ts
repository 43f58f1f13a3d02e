import type { DecodeAs, SavedReading, Shown } from '../../protocol/messages.ts'

/**
 * A reading that a view shows: what is read where, and how it is looked at. One view per `id`: a
 * block of a file, or a topic that is looked at.
 */
export type Reading = SavedReading

/** A reading as the view kept it over a reload; undefined for anything else. */
export function savedReading(state: unknown): Reading | undefined {
  if (!isObject(state) || !isObject(state['text'])) return undefined
  const { id, clusterId, adjustable, text, filter } = state
  const { group, properties } = text
  if (typeof id !== 'string' || typeof clusterId !== 'string' || !isTexts(properties))
    return undefined
  const decodeAs = decodeAsIn(state['decodeAs'])
  const shown = shownIn(state['shown'])
  return {
    id,
    clusterId,
    adjustable: adjustable === true,
    text: { ...(typeof group === 'string' && { group }), properties },
    ...(typeof filter === 'string' && filter !== '' && { filter }),
    ...(decodeAs && { decodeAs }),
    ...(shown && { shown }),
  }
}

function decodeAsIn(state: unknown): DecodeAs | undefined {
  if (!isObject(state)) return undefined
  const { key, value } = state
  return typeof key === 'string' && typeof value === 'string' ? { key, value } : undefined
}

/** A range of time is not kept: what is held after a reload is another one. */
function shownIn(state: unknown): Shown | undefined {
  if (!isObject(state)) return undefined
  const { notes, markers, backwards, duplicates } = state
  return {
    notes: notes !== false,
    ...(markers === true && { markers }),
    backwards: backwards === true,
    duplicates: duplicates === true,
  }
}

/** The reading with other properties; an empty one is taken out. */
export function withProperties(
  reading: Reading,
  changes: Readonly<Record<string, string | undefined>>,
): Reading {
  const properties = { ...reading.text.properties }
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) continue
    if (value === '') Reflect.deleteProperty(properties, name)
    else properties[name] = value
  }
  return { ...reading, text: { ...reading.text, properties } }
}

/**
 * The reading from another place on, as it is written; with a group, from where that group stands.
 * A place of its own has nothing to do with the group that was looked at before.
 */
export function withStart(reading: Reading, from: string, group?: string): Reading {
  const { properties } = withProperties(reading, {
    from,
    commit: group === undefined ? '' : 'false',
  }).text
  return { ...reading, text: { ...(group !== undefined && { group }), properties } }
}

/** Whether to read this joins a group, where nobody else is disturbed by it. */
export function mayJoin({ text }: Reading): boolean {
  return text.group !== undefined && text.properties['commit'] !== 'false'
}

/** The reading with another filter; an empty one is none. */
export function withFilter(reading: Reading, filter: string): Reading {
  const others = { ...reading }
  Reflect.deleteProperty(others, 'filter')
  return filter === '' ? others : { ...others, filter }
}

/**
 * The newest records of a topic and what comes, or of one of its partitions. Joins no group. A
 * topic and each of its partitions has a view of its own.
 */
export function topicReading(clusterId: string, topic: string, partition?: number): Reading {
  const partitions = partition === undefined ? {} : { partitions: String(partition) }
  return {
    id: topicReadingId(clusterId, topic, partition),
    clusterId,
    text: { properties: { topic, from: 'tail(100)', ...partitions } },
    adjustable: true,
  }
}

export function topicReadingId(clusterId: string, topic: string, partition?: number): string {
  const parts = ['topic', clusterId, topic]
  return [...parts, ...(partition === undefined ? [] : [String(partition)])].join('/')
}

/** The records of a partition from an offset on. */
export function readingFrom(
  clusterId: string,
  topic: string,
  partition: number,
  offset: string,
): Reading {
  return withProperties(topicReading(clusterId, topic, partition), { from: offset })
}

/**
 * The reading of a block that starts again, looked at as it was before. What its file says of
 * formats counts again where that was changed.
 */
export function lookedAtAs(reading: Reading, before: Reading): Reading {
  const { filter, shown, decodeAs } = before
  const sameFormats = ['key-format', 'value-format'].every(
    name => reading.text.properties[name] === before.text.properties[name],
  )
  return {
    ...reading,
    ...(filter !== undefined && { filter }),
    ...(shown && { shown }),
    ...(decodeAs && sameFormats && { decodeAs }),
  }
}

/** The same choices for another topic: places in one log mean nothing in another. */
export function readingOfTopic(reading: Reading, topic: string): Reading {
  const { from, isolation } = reading.text.properties
  const keepsFrom = from !== undefined && /^(?:tail\(\d+\)|earliest|latest|now-.*)$/.test(from)
  return withProperties(topicReading(reading.clusterId, topic), {
    isolation,
    ...(keepsFrom && { from }),
  })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isTexts(value: unknown): value is Record<string, string> {
  return isObject(value) && Object.values(value).every(text => typeof text === 'string')
}

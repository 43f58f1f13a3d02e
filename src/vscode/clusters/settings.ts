import type { Problem } from '../../base/problem.ts'
import type { SaslMechanism } from '../../kafka/connection.ts'
import type { SavedCluster } from './clusters.ts'
import { readServer } from './servers.ts'

/** One place where `kafkaWorkbench.clusters` may stand. */
export interface ClusterList {
  readonly scope: SavedCluster['scope']
  /**
   * Put before each id of this list. Empty for the user's own list; ends in `:` for the others,
   * which no id may contain: so a cluster of a repository never gets the id of one of the user.
   */
  readonly prefix: string
  /** For messages: `user settings`, `workspace settings`, `settings of folder "api"`. */
  readonly place: string
  /** As it stands in the settings file: anything at all. */
  readonly value: unknown
}

/** A problem that is cured in the settings file of its scope. */
export interface SettingsProblem extends Problem {
  readonly scope: SavedCluster['scope']
}

export interface ReadSettings {
  readonly clusters: readonly SavedCluster[]
  readonly problems: readonly SettingsProblem[]
}

export const COLORS = ['red', 'yellow', 'green', 'blue', 'purple'] as const
export const MECHANISMS: readonly SaslMechanism[] = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']

/** Reads all lists in order. A bad entry becomes a problem and leaves the others as they are. */
export function readClusterLists(lists: readonly ClusterList[]): ReadSettings {
  const clusters: SavedCluster[] = []
  const problems: SettingsProblem[] = []
  for (const list of lists) {
    if (list.value === undefined || list.value === null) continue
    const report = (problem: Problem) => problems.push({ ...problem, scope: list.scope })
    if (!Array.isArray(list.value)) {
      report(wrong(`"kafkaWorkbench.clusters" in ${list.place} is not a list.`, 'Write [ … ].'))
      continue
    }
    for (const [index, value] of list.value.entries()) {
      const cluster = readCluster(list, index, value, report)
      if (!cluster) continue
      if (clusters.some(other => other.id === cluster.id)) {
        report(
          wrong(
            `Two clusters in ${list.place} have the id "${bareId(cluster)}"; the second is left out.`,
            'Give each cluster an id of its own.',
          ),
        )
      } else clusters.push(cluster)
    }
  }
  return { clusters, problems }
}

/** The id as it stands in the settings file. */
export function bareId(cluster: Pick<SavedCluster, 'id'>): string {
  return cluster.id.slice(cluster.id.lastIndexOf(':') + 1)
}

/** What stands before that: it names the list that the cluster is in. */
export function prefixOfId(id: string): string {
  return id.slice(0, id.lastIndexOf(':') + 1)
}

/** An id for a copy of a cluster, in the list that the cluster is in. */
export function copyId(
  of: Pick<SavedCluster, 'id'>,
  name: string,
  taken: readonly string[],
): string {
  return prefixOfId(of.id) + newId(name, taken)
}

/** The problems that were not there before. */
export function newProblems(
  before: ReadSettings | undefined,
  now: ReadSettings,
): readonly Problem[] {
  const known = new Set(before?.problems.map(({ message }) => message))
  return now.problems.filter(({ message }) => !known.has(message))
}

type Report = (problem: Problem) => void
/** Thrown inside one entry only, and caught at its edge. */
class BadEntry extends Error {}

function readCluster(
  list: ClusterList,
  index: number,
  value: unknown,
  report: Report,
): SavedCluster | undefined {
  const where = `${nameOf(value) ?? `Cluster ${index + 1}`} in ${list.place}`
  try {
    const entry = asObject(value, 'is not an object')
    const cluster = readEntry(list, entry)
    for (const secret of secretsIn(entry)) {
      report(
        wrong(
          `${where} has a "${secret}" in the settings file, which is not read.`,
          'Remove it there; you are asked for it on connecting, and it is kept in the secret storage.',
        ),
      )
    }
    return cluster
  } catch (error) {
    if (!(error instanceof BadEntry)) throw error
    report(wrong(`${where}: ${error.message}`, 'Correct the entry in the settings file.'))
    return undefined
  }
}

function readEntry(list: ClusterList, entry: Record<string, unknown>): SavedCluster {
  const id = readId(entry['id'])
  const name = entry['name'] === undefined ? id : readText(entry['name'], 'name')
  const tls = readTls(entry['tls'])
  const sasl = readSasl(entry['sasl'])
  const color = readColor(entry['color'])
  return {
    id: list.prefix + id,
    name,
    bootstrapServers: readBootstrap(entry['bootstrapServers']),
    ...(tls && { tls }),
    ...(sasl && { sasl }),
    ...(readFlag(entry['protected'], 'protected') && { protected: true }),
    ...(readFlag(entry['disposable'], 'disposable') && { disposable: true }),
    ...(color !== undefined && { color }),
    scope: list.scope,
  }
}

function readId(value: unknown): string {
  const id = readText(value, 'id')
  if (/^[A-Za-z0-9._-]{1,64}$/.test(id)) return id
  throw new BadEntry('"id" may have letters, digits, ".", "_" and "-", at most 64.')
}

function readBootstrap(value: unknown): readonly string[] {
  const texts: unknown[] = typeof value === 'string' ? value.split(',') : asList(value)
  if (texts.length === 0) {
    throw new BadEntry('"bootstrapServers" is empty. Write ["localhost:9092"], for example.')
  }
  return texts.map(text => {
    if (typeof text !== 'string')
      throw new BadEntry('"bootstrapServers" holds something not a text.')
    const answer = readServer(text)
    if (answer.kind === 'invalid') throw new BadEntry(answer.message)
    return answer.server
  })
}

function asList(value: unknown): unknown[] {
  if (Array.isArray(value)) return value
  throw new BadEntry('"bootstrapServers" is missing. Write ["localhost:9092"], for example.')
}

function readTls(value: unknown): SavedCluster['tls'] {
  if (value === undefined || value === false) return undefined
  if (value === true) return { enabled: true }
  const tls = asObject(value, '"tls" is neither true, false, nor an object')
  const caFile = readOptionalText(tls['caFile'], 'tls.caFile')
  const certificateFile = readOptionalText(tls['certificateFile'], 'tls.certificateFile')
  const keyFile = readOptionalText(tls['keyFile'], 'tls.keyFile')
  const serverName = readOptionalText(tls['serverName'], 'tls.serverName')
  if ((certificateFile === undefined) !== (keyFile === undefined)) {
    throw new BadEntry('"tls.certificateFile" and "tls.keyFile" belong together; one is missing.')
  }
  const verify = tls['verify'] === undefined || readFlag(tls['verify'], 'tls.verify')
  return {
    enabled: tls['enabled'] === undefined || readFlag(tls['enabled'], 'tls.enabled'),
    ...(caFile !== undefined && { caFile }),
    ...(certificateFile !== undefined && { certificateFile }),
    ...(keyFile !== undefined && { keyFile }),
    ...(serverName !== undefined && { serverName }),
    ...(!verify && { verify }),
  }
}

function readSasl(value: unknown): SavedCluster['sasl'] {
  if (value === undefined || value === false) return undefined
  const sasl = asObject(value, '"sasl" is not an object')
  const text = readText(sasl['mechanism'], 'sasl.mechanism').toUpperCase()
  const mechanism = MECHANISMS.find(known => known === text)
  if (!mechanism) {
    throw new BadEntry(`"sasl.mechanism" is "${text}". It can be ${MECHANISMS.join(', ')}.`)
  }
  return { mechanism, username: readText(sasl['username'], 'sasl.username') }
}

function readColor(value: unknown): string | undefined {
  if (value === undefined) return undefined
  const color = COLORS.find(known => known === value)
  if (color) return color
  throw new BadEntry(`"color" can be ${COLORS.join(', ')}.`)
}

function readText(value: unknown, name: string): string {
  if (value === undefined) throw new BadEntry(`"${name}" is missing.`)
  if (typeof value !== 'string') throw new BadEntry(`"${name}" is not a text.`)
  if (value.trim() === '') throw new BadEntry(`"${name}" is empty.`)
  return value.trim()
}

function readOptionalText(value: unknown, name: string): string | undefined {
  return value === undefined ? undefined : readText(value, name)
}

function readFlag(value: unknown, name: string): boolean {
  if (value === undefined) return false
  if (typeof value === 'boolean') return value
  throw new BadEntry(`"${name}" is neither true nor false.`)
}

function asObject(value: unknown, message: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>
  }
  throw new BadEntry(`${message}.`)
}

function nameOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { name, id } = value as Record<string, unknown>
  for (const text of [name, id])
    if (typeof text === 'string' && text !== '') return `Cluster "${text}"`
  return undefined
}

/** Names of properties that look like secrets, at the top and one level down. */
function secretsIn(entry: Record<string, unknown>): string[] {
  const inside = (value: unknown) =>
    typeof value === 'object' && value !== null ? Object.keys(value) : []
  const names = [...Object.keys(entry), ...inside(entry['sasl']), ...inside(entry['tls'])]
  return names.filter(name => /^(password|passphrase|secret|key)$/i.test(name))
}

function wrong(message: string, advice: string): Problem {
  return { code: 'settings', message, advice }
}

/** A cluster as it is written to the settings file. */
export function toEntry(cluster: SavedCluster): Record<string, unknown> {
  const entry: Record<string, unknown> = { ...cluster, id: bareId(cluster) }
  delete entry['scope']
  return entry
}

/**
 * The list with this entry replaced, added at its end, or (undefined) removed. Everything else in
 * it, even what makes no sense, stays as it was written.
 */
export function withEntry(
  value: unknown,
  id: string,
  entry: Record<string, unknown> | undefined,
): unknown[] {
  const list: unknown[] = Array.isArray(value) ? value : []
  const at = list.findIndex(item => hasId(item, id))
  if (at < 0) return entry ? [...list, entry] : [...list]
  return [...list.slice(0, at), ...(entry ? [entry] : []), ...list.slice(at + 1)]
}

function hasId(item: unknown, id: string): boolean {
  return typeof item === 'object' && item !== null && (item as Record<string, unknown>)['id'] === id
}

/** The id of the cluster that *Start Local Kafka* keeps; no other gets it. */
export const LOCAL_KAFKA_ID = 'local-kafka'

/** An id made of a name, unlike all that are taken. */
export function newId(name: string, taken: readonly string[]): string {
  const stem =
    name
      .normalize('NFKD')
      .replace(/[^A-Za-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .toLowerCase()
      .slice(0, 48) || 'cluster'
  for (let count = 1; ; count++) {
    const id = count === 1 ? stem : `${stem}-${count}`
    if (id !== LOCAL_KAFKA_ID && !taken.includes(id)) return id
  }
}

/** `Copy of X`, or the next number that is free. */
export function copyName(name: string, taken: readonly string[]): string {
  for (let count = 1; ; count++) {
    const copy = count === 1 ? `${name} copy` : `${name} copy ${count}`
    if (!taken.includes(copy)) return copy
  }
}

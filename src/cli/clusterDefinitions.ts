import { dirname } from 'node:path'
import { ProblemError } from '../base/problem.ts'
import { CONNECTION_OPTIONS, type ConnectionValues } from './connectionOptions.ts'

/** A cluster that blocks can name. */
export interface ClusterDefinition {
  readonly name: string
  readonly values: ConnectionValues
  /** Paths of `values` are relative to it. */
  readonly folder: string
  /** Nothing is written there before somebody agrees. */
  readonly protected: boolean
  readonly disposable: boolean
}

/** The part of a file of environments that defines clusters. */
const CLUSTERS = '$clusters'

/** The clusters of files of environments; later files count more. The texts are valid JSON. */
export function clusterDefinitions(
  files: readonly { readonly file: string; readonly text: string }[],
): ReadonlyMap<string, ClusterDefinition> {
  return new Map(files.flatMap(({ file, text }) => definitionsIn(file, text)))
}

function definitionsIn(file: string, text: string): [string, ClusterDefinition][] {
  const content: unknown = JSON.parse(text.replace(/^\ufeff/, ''))
  const clusters = isObject(content) ? content[CLUSTERS] : undefined
  if (clusters === undefined) return []
  if (!isObject(clusters)) throw invalid(file, `"${CLUSTERS}" has to be an object of clusters.`)
  return Object.entries(clusters).map(([name, written]) => [
    name,
    definitionOf({ file, name }, typeof written === 'string' ? { brokers: written } : written),
  ])
}

interface Place {
  readonly file: string
  readonly name: string
}

/** In the words of the options; a password has no place in a file. */
const WORDS = Object.keys(CONNECTION_OPTIONS).filter(name => name !== 'secrets-file')
const FLAGS = ['protected', 'disposable']

function definitionOf(place: Place, written: unknown): ClusterDefinition {
  if (!isObject(written)) throw wrong(place, 'has to be "host:port" or an object')
  const texts: Record<string, string> = {}
  for (const [key, value] of Object.entries(written)) {
    if (FLAGS.includes(key)) {
      if (typeof value !== 'boolean') throw wrong(place, `"${key}" has to be true or false`)
    } else if (!WORDS.includes(key)) {
      throw wrong(place, `"${key}" is none of ${[...WORDS, ...FLAGS].join(', ')}`)
    } else if (typeof value === 'string') {
      texts[key] = value
    } else {
      throw wrong(place, `"${key}" has to be a text`)
    }
  }
  const { brokers, ...others } = texts
  if (brokers === undefined) throw wrong(place, '"brokers" is missing')
  return {
    name: place.name,
    values: { ...others, brokers: [brokers] },
    folder: dirname(place.file),
    protected: written['protected'] === true,
    disposable: written['disposable'] === true,
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function wrong({ file, name }: Place, what: string): ProblemError {
  return invalid(file, `the cluster "${name}": ${what}.`)
}

function invalid(file: string, what: string): ProblemError {
  return new ProblemError({ code: 'bad-environment', message: `${file}: ${what}` })
}

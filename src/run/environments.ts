import { callOf, scanTemplates } from '../language/template.ts'
import { closest } from '../language/closest.ts'
import { didYouMean, quoted } from '../language/words.ts'
import { membersOf, notJson, problemAt, type JsonMember, type TextProblem } from './jsonPlaces.ts'
import type { GivenValue } from './ports.ts'

/** A file of environments as it was read. */
export interface EnvironmentText {
  /** As it is named in messages: `kafka.env.json`. */
  readonly name: string
  readonly text: string
}

export interface EnvironmentTexts {
  /** In git. */
  readonly public?: EnvironmentText
  /** Not in git: its values are secret. */
  readonly private?: EnvironmentText
}

export interface Environment {
  /** Without `cluster`. Texts may hold templates. */
  readonly values: ReadonlyMap<string, GivenValue>
  /** Name of the cluster that the environment goes to. */
  readonly cluster?: string
}

export interface EnvironmentProblem extends TextProblem {
  /** Name of the file. */
  readonly file: string
}

export type ReadEnvironment =
  { readonly environment: Environment } | { readonly problems: readonly EnvironmentProblem[] }

/** The values in it are there in every environment. */
const SHARED = '$shared'
/** Defines clusters for the command line, and is no environment. */
const CLUSTERS = '$clusters'
const CLUSTER = 'cluster'

/**
 * The values of an environment over those of `$shared`, those of the private file over those of
 * the public one: private environment, public environment, private `$shared`, public `$shared`.
 * Without a name only `$shared` counts.
 */
export function readEnvironment(texts: EnvironmentTexts, name?: string): ReadEnvironment {
  const files = [
    ...(texts.public ? [fileOf(texts.public, false)] : []),
    ...(texts.private ? [fileOf(texts.private, true)] : []),
  ]
  const problems = files.flatMap(file => file.problems)
  if (problems.length > 0) return { problems }
  const missing = name === undefined ? undefined : unknownEnvironment(files, name)
  if (missing) return { problems: [missing] }
  const entries = [SHARED, ...(name === undefined ? [] : [name])].flatMap(section =>
    files.flatMap(file => entriesOf(file, section)),
  )
  const merged = new Map(entries.map(entry => [entry.name, entry]))
  const cycle = cycleIn(merged)
  if (cycle) return { problems: [cycle] }
  const cluster = merged.get(CLUSTER)?.text
  merged.delete(CLUSTER)
  const values = new Map([...merged].map(([key, entry]) => [key, givenOf(entry)] as const))
  return { environment: { values, ...(cluster !== undefined && { cluster }) } }
}

/** The names of the environments that there are, in the order of the files; none of a broken file. */
export function environmentNames(texts: EnvironmentTexts): readonly string[] {
  const files = [texts.public, texts.private].flatMap(text => (text ? [fileOf(text, false)] : []))
  return namesIn(files)
}

interface EnvironmentFile extends EnvironmentText {
  readonly secret: boolean
  readonly sections: readonly JsonMember[]
  readonly problems: readonly EnvironmentProblem[]
}

function fileOf(file: EnvironmentText, secret: boolean): EnvironmentFile {
  const broken = notJson(file.text)
  const sections = broken ? undefined : membersOf(file.text)
  const problems: TextProblem[] = broken ? [broken] : []
  if (!broken && !sections) problems.push(problemAt(file.text, 0, NO_SECTIONS))
  for (const section of sections ?? []) {
    if (section.name !== CLUSTERS) problems.push(...sectionProblems(file.text, section))
  }
  return {
    ...file,
    secret,
    sections: sections ?? [],
    problems: problems.map(problem => ({ file: file.name, ...problem })),
  }
}

const NO_SECTIONS =
  'A file of environments is an object of objects: { "local": { "cluster": "local" } }.'

const NAME = /^[A-Za-z_][\w-]*(?:\.[\w-]+)*$/

function sectionProblems(text: string, section: JsonMember): TextProblem[] {
  const members = membersOf(text, section.span)
  if (!members) {
    const what = `The environment ${quoted(section.name)} has to be an object of names and values.`
    return [problemAt(text, section.span.start, what)]
  }
  return members.flatMap(member => {
    if (!NAME.test(member.name)) {
      const what = `${quoted(member.name)} cannot be used as a name: write letters, digits, "_" and "-", a letter first.`
      return [problemAt(text, member.nameSpan.start, what)]
    }
    return memberProblems(text, member)
  })
}

function memberProblems(text: string, { name, json, span }: JsonMember): TextProblem[] {
  if (/^[{[]/.test(json) || json === 'null') {
    const what = `The value of ${quoted(name)} has to be a text, a number, true or false.`
    return [problemAt(text, span.start, what)]
  }
  if (name !== CLUSTER || /^"[^"]/.test(json)) return []
  return [problemAt(text, span.start, '"cluster" has to be the name of a cluster.')]
}

function namesIn(files: readonly EnvironmentFile[]): readonly string[] {
  const all = files.flatMap(({ sections }) => sections.map(({ name }) => name))
  return [...new Set(all)].filter(name => name !== SHARED && name !== CLUSTERS)
}

function unknownEnvironment(
  files: readonly EnvironmentFile[],
  name: string,
): EnvironmentProblem | undefined {
  const names = namesIn(files)
  if (names.includes(name)) return undefined
  const there =
    names.length === 0
      ? 'There is none: add one to kafka.env.json.'
      : `There are ${names.join(', ')}.${didYouMean(closest(name, names))}`
  const message = `There is no environment ${quoted(name)}. ${there}`
  return { file: files[0]?.name ?? 'kafka.env.json', line: 1, column: 1, message }
}

interface Entry {
  readonly name: string
  readonly text: string
  readonly file: EnvironmentFile
  readonly section: string
  readonly offset: number
}

function entriesOf(file: EnvironmentFile, section: string): readonly Entry[] {
  return file.sections
    .filter(({ name }) => name === section)
    .flatMap(({ span }) => membersOf(file.text, span) ?? [])
    .map(({ name, json, span }) => ({
      name,
      // Numbers stay as they are written: 1.10 and 9007199254740993 keep all their digits.
      text: json.startsWith('"') ? (JSON.parse(json) as string) : json,
      file,
      section,
      offset: span.start,
    }))
}

function givenOf({ text, file, section }: Entry): GivenValue {
  return {
    text,
    secret: file.secret,
    source: section === SHARED ? `${file.name}, for all` : `${file.name}, ${section}`,
    templates: true,
  }
}

/** Values may use each other, but not in a circle. */
function cycleIn(entries: ReadonlyMap<string, Entry>): EnvironmentProblem | undefined {
  const done = new Set<string>()
  const visit = (name: string, open: readonly string[]): readonly string[] | undefined => {
    if (open.includes(name)) return [...open.slice(open.indexOf(name)), name]
    if (done.has(name)) return undefined
    for (const used of namesUsed(entries.get(name)?.text ?? '')) {
      const found = entries.has(used) ? visit(used, [...open, name]) : undefined
      if (found) return found
    }
    done.add(name)
    return undefined
  }
  for (const [name, { file, offset }] of entries) {
    const names = visit(name, [])
    if (!names) continue
    const at = entries.get(names[0] ?? name)
    const message = `${names.join(' → ')}: these values need each other.`
    const place = problemAt((at?.file ?? file).text, at?.offset ?? offset, message)
    return { file: (at?.file ?? file).name, ...place }
  }
  return undefined
}

function namesUsed(text: string): readonly string[] {
  if (!text.includes('{{')) return []
  return scanTemplates(text).parts.flatMap(part => {
    const name = part.kind === 'expression' ? callOf(part.text)?.name : undefined
    return name === undefined ? [] : [name]
  })
}

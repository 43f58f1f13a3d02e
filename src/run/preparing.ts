import type { Faker } from '@faker-js/faker'
import { problemOf, type Problem } from '../base/problem.ts'
import { check } from '../language/check/check.ts'
import { directiveOf } from '../language/settings.ts'
import type { Block, KafkaFile } from '../language/tree.ts'
import { newExpressionCheck } from './expressionCheck.ts'
import { takeMarks } from './marks.ts'
import { namedFiles } from './namedFiles.ts'
import { capturedBy, fetchOutside, notBrought, usedBy } from './names.ts'
import { notThereYet } from './planned.ts'
import type { GivenValue, RunCluster, RunPorts } from './ports.ts'
import { namesOf, type Session } from './session.ts'
import { warmUpFor } from './warmUp.ts'

export interface RunOptions {
  /** Stops the run: what is on its way is waited for, and told. */
  readonly signal: AbortSignal
  /** Ends the run with the first block that did not pass. */
  readonly bail?: boolean
  /** Why a block is left out, in a sentence; undefined: it runs. */
  readonly leftOut?: (block: Block) => string | undefined
  /** Where a CONSUMER without `from` starts if no group says it. Default: `earliest`. */
  readonly defaultOffset?: 'earliest' | 'latest'
  /** How many times a PRODUCER is to run. Default: once. */
  readonly times?: number
}

/** A block with all that is known of it before the run begins. */
export interface Prepared {
  readonly block: Block
  readonly given: ReadonlyMap<string, GivenValue>
  /** Absent: it does not run. */
  readonly target?: RunCluster
  /** Why it does not run, in a sentence. */
  readonly skipped?: string
  /** Keeps it from running, and with it all the others. */
  readonly refused?: Problem
  /** Keeps it from running alone: its cluster cannot be reached. */
  readonly failed?: Problem
}

/** What all blocks of a run have in common. */
export interface Run {
  readonly file: KafkaFile
  readonly session: Session
  readonly ports: RunPorts
  readonly options: RunOptions
  faker: Faker | undefined
}

/** As `prepare`; what went wrong with all of them keeps each from running. */
export async function prepareSafely(
  blocks: readonly Block[],
  run: Run,
): Promise<readonly Prepared[]> {
  try {
    return await prepare(blocks, run)
  } catch (error) {
    const problem = problemOf(error)
    return blocks.map(block => ({ block, given: new Map(), failed: problem }))
  }
}

/** All that can be known before the first block: nothing has been written when this is over. */
async function prepare(blocks: readonly Block[], run: Run): Promise<readonly Prepared[]> {
  const { options, ports } = run
  let prepared: Prepared[] = []
  for (const block of blocks) {
    const skipped = options.leftOut?.(block)
    prepared.push(
      skipped === undefined
        ? await surrounded(block, run)
        : { block, given: ports.values.given, skipped },
    )
  }
  prepared = withErrors(prepared, run)
  hideSecrets(prepared, run)
  prepared = checkNames(prepared, run)
  if (prepared.some(({ refused }) => refused)) return prepared
  prepared = await fetchAll(prepared, run)
  if (prepared.some(({ refused }) => refused)) return prepared
  prepared = await withFiles(prepared, run)
  if (prepared.some(({ refused }) => refused)) return prepared
  ;[prepared, run.faker] = await Promise.all([connectAll(prepared, run), fakerOf(prepared, run)])
  const namesFor = (given: Prepared['given']) => namesOf(run.file, run.session, given, run.faker)
  warmUpFor(prepared, run, namesFor)
  await takeMarks(run.file, prepared, run, namesFor)
  return prepared
}

/**
 * With the first error that the checks of the language find in a block, or in what it builds on, and
 * with what does not run in this version: half of what stands there is not done.
 */
function withErrors(prepared: readonly Prepared[], run: Run): Prepared[] {
  const inFile = errorsOf(prepared, run)
  return prepared.map(each => {
    const { block, skipped } = each
    const error =
      skipped === undefined ? (inFile(block) ?? notThereYet(run.file, block)) : undefined
    return error && !each.refused ? { ...each, refused: error } : each
  })
}

function errorsOf(
  prepared: readonly Prepared[],
  { file, ports }: Run,
): (block: Block) => Problem | undefined {
  const given = new Map(prepared.map(each => [each.block.index, each.given]))
  const problems = check(file, {
    given: new Map([...given.values()].flatMap(own => [...own])),
    givenOf: ({ index }) => given.get(index),
    checkExpression: newExpressionCheck(),
    generatedData: ports.fakerLocale !== undefined,
  }).filter(({ severity }) => severity === 'error')
  return block => {
    const found = problems.find(
      problem =>
        problem.block === undefined ||
        problem.block === block.index ||
        (file.blocks[problem.block]?.kind === 'DEFAULTS' && problem.block < block.index),
    )
    if (!found) return undefined
    const { code, message, span } = found
    return { code, message, detail: `Line ${file.lines.placeOf(span.start).line + 1}` }
  }
}

/** The values that are given to a block: those of the run, or of its own environment. */
async function surrounded(block: Block, { file, ports }: Run): Promise<Prepared> {
  const name = directiveOf(file, block, 'env')
  const own = ports.values.given
  if (!name || !ports.environment) return { block, given: own }
  try {
    return { block, given: (await ports.environment(name)).given }
  } catch (error) {
    return { block, given: own, refused: problemOf(error) }
  }
}

function hideSecrets(prepared: readonly Prepared[], { session }: Run): void {
  for (const { given } of prepared)
    for (const { text, secret, templates } of given.values())
      // One with templates is known when it is evaluated.
      if (secret && !(templates && text.includes('{{'))) session.redaction.add(text)
}

function checkNames(prepared: readonly Prepared[], { file, session }: Run): Prepared[] {
  const brought = { captures: new Set<string>(), blocks: new Set<string>() }
  const variables = file.variables.map(({ name }) => name)
  return prepared.map(each => {
    const { block, given, skipped } = each
    if (skipped !== undefined) return each
    const { scope } = namesOf(file, session, given)
    const used = usedBy(file, block, scope, given)
    const otherwise = new Set([...variables, ...given.keys()])
    const problem = each.refused ?? notBrought(used, brought, session, otherwise)
    for (const name of capturedBy(file, block)) brought.captures.add(name)
    if (block.name !== undefined) brought.blocks.add(block.name)
    return problem ? { ...each, refused: problem } : each
  })
}

async function fetchAll(prepared: readonly Prepared[], run: Run): Promise<Prepared[]> {
  const { file, session, ports, options } = run
  const result: Prepared[] = []
  for (const each of prepared) {
    const { block, given, skipped } = each
    const { scope } = namesOf(file, session, given)
    const calls = skipped === undefined ? usedBy(file, block, scope, given).outside : []
    const problem = await fetchOutside(calls, session, ports, options.signal)
    result.push(problem ? { ...each, refused: problem } : each)
    if (problem) return [...result, ...prepared.slice(result.length)]
  }
  return result
}

/** With the first problem of a file that a block names. */
async function withFiles(prepared: readonly Prepared[], run: Run): Promise<Prepared[]> {
  const { file, ports, options } = run
  const problemIn = namedFiles(file, ports.files, options.signal)
  const result: Prepared[] = []
  for (const each of prepared) {
    const problem = each.skipped === undefined ? await problemIn(each.block) : undefined
    result.push(problem ? { ...each, refused: problem } : each)
    if (problem) return [...result, ...prepared.slice(result.length)]
  }
  return result
}

/** Level 1 draws a seed from so many. */
const SEEDS = 1_000_000

/** For what is evaluated once: variables, and properties that hold for a whole block. */
async function fakerOf(
  prepared: readonly Prepared[],
  { file, session, ports }: Run,
): Promise<Faker | undefined> {
  if (ports.fakerLocale === undefined) return undefined
  const asks = prepared.some(
    ({ block, given, skipped }) =>
      skipped === undefined &&
      usedBy(file, block, namesOf(file, session, given).scope, given).faker,
  )
  if (!asks) return undefined
  const faker = await ports.loadFaker(ports.fakerLocale)
  faker?.seed(Math.floor(ports.random() * SEEDS))
  return faker
}

async function connectAll(prepared: readonly Prepared[], run: Run): Promise<Prepared[]> {
  const opened = new Map<string | undefined, Promise<RunCluster>>()
  return Promise.all(
    prepared.map(async (each): Promise<Prepared> => {
      if (each.skipped !== undefined) return each
      try {
        const name = await clusterName(each.block, run)
        const opening = opened.get(name) ?? run.ports.cluster(name, run.options)
        opened.set(name, opening)
        return { ...each, target: await opening }
      } catch (error) {
        return { ...each, failed: problemOf(error) }
      }
    }),
  )
}

/** Undefined: the run's own. */
async function clusterName(block: Block, { file, ports }: Run): Promise<string | undefined> {
  const named = directiveOf(file, block, 'cluster')
  if (named) return named
  const environment = directiveOf(file, block, 'env')
  if (!environment || !ports.environment) return undefined
  return (await ports.environment(environment)).cluster
}

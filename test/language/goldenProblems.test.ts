import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { compileJsonSchema } from '../../src/formats/jsonSchema.ts'
import { CODES } from '../../src/language/codes.ts'
import type { Knowledge } from '../../src/language/check/knowledge.ts'
import { newExpressionCheck } from '../../src/run/expressionCheck.ts'
import { newSchemaCheck } from '../../src/run/schemaCheck.ts'
import { apply, found, problems } from './found.ts'

/** A file for each code: the problems in it, and what its text is after each quick fix. */
const folder = new URL('golden/problems/', import.meta.url)
const names = readdirSync(folder).filter(name => name.endsWith('.kafka'))

const SCHEMAS: Readonly<Record<string, string>> = {
  'order.json': '{"type":"object","properties":{"id":{"type":"integer"}}}',
}

/** All that a check can know of what stands around a file. */
const knowledge: Knowledge = {
  clusterOf: () => CLUSTER,
  environments: ['dev'],
  missing: (name, argument) =>
    argument === 'known' || name === '$env' ? undefined : `There is no "${argument}" here.`,
  checkExpression: newExpressionCheck(),
  schemaOf: newSchemaCheck(path => {
    const text = SCHEMAS[path]
    const message = `"${path}" cannot be read.`
    return text === undefined ? { problem: { code: 'unreadable', message } } : { text }
  }, compileJsonSchema),
}

const CLUSTER = {
  topics: new Map([
    ['orders', 6],
    ['plain', 1],
    ['framed', 1],
  ]),
  schemaIdOf: (topic: string) =>
    topic === 'framed' ? { id: 42, partition: 0, offset: 881n } : undefined,
}

function read(name: string): string {
  return readFileSync(new URL(name, folder), 'utf8').replaceAll('\r\n', '\n')
}

describe('golden problems', () => {
  for (const name of names) {
    const code = name.replace('.kafka', '')
    const text = read(name)

    it(code, () => {
      const fixes = problems(text, knowledge).flatMap(({ fixes = [] }) =>
        fixes.map(fix => ({
          title: fix.title,
          ...(fix.createTopic === undefined
            ? { after: apply(text, fix).split('\n') }
            : { createTopic: fix.createTopic }),
        })),
      )
      const golden = { problems: found(text, knowledge), fixes }
      assert.deepEqual(golden, JSON.parse(read(`${code}.json`)))
      assert.ok(golden.problems.some(problem => problem.startsWith(`${code} `)))
    })

    it(`${code} is gone where it is ignored`, () => {
      const quiet = found(`-- @ignore ${code}\n${text}`, knowledge)
      assert.deepEqual(
        quiet.filter(problem => problem.startsWith(`${code} `)),
        [],
      )
    })
  }

  it('are there for each code that a file can leave out', () => {
    assert.deepEqual(
      names.map(name => name.replace('.kafka', '')),
      CODES,
    )
  })
})

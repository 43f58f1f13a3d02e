import assert from 'node:assert/strict'
import { SYSTEM_NAMES } from '../../src/language/names.ts'
import { argumentProblem } from '../../src/language/values/systemArguments.ts'
import { systemValue } from '../../src/run/systemValues.ts'
import { found } from './found.ts'

const SHIFT = 'is not a shift of time: write -1 d, 90 m or 2 h.'

const CASES: readonly (readonly [call: string, problem: string | undefined])[] = [
  ['$timestamp', undefined],
  ['$timestamp -1 d', undefined],
  ['$timestamp +90m', undefined],
  ['$timestamp x', `"x" ${SHIFT}`],
  ['$timestamp -1 fortnight', `"-1 fortnight" ${SHIFT}`],
  ['$timestamp 1.5 h', `"1.5 h" ${SHIFT}`],
  ['$datetime yyyy-MM-dd', undefined],
  ['$datetime rfc1123 -2 h', undefined],
  ['$datetime "HH:mm" 1 M', undefined],
  ['$datetime', '"$datetime" needs rfc1123, iso8601 or a pattern: {{$datetime yyyy-MM-dd}}.'],
  ['$datetime 2 h', '"$datetime" needs rfc1123, iso8601 or a pattern: {{$datetime yyyy-MM-dd}}.'],
  ['$randomInt -5 5', undefined],
  ['$randomInt', '"$randomInt" needs a number and a larger one: {{$randomInt 1 100}}.'],
  ['$randomInt 5 5', '"$randomInt 5 5" needs a number and a larger one: {{$randomInt 1 100}}.'],
  ['$uuid', undefined],
  ['$secret', '"$secret" needs the name of a secret: {{$secret …}}.'],
  ['$prompt', '"$prompt" needs a label: {{$prompt …}}.'],
  ['$file', '"$file" needs the path of a file: {{$file …}}.'],
  ['$env HOME', undefined],
]

const context = {
  now: () => 0,
  random: () => 0,
  uuid: () => 'u',
  index: 0,
  run: 'r',
  cluster: 'c',
}

describe('what follows a $name', () => {
  for (const [call, problem] of CASES)
    it(call, () => {
      const [name = '', ...args] = call.split(' ')
      assert.equal(argumentProblem(name, args.join(' ')), problem)
      const span = `3:1-3:${call.length + 5}`
      assert.deepEqual(
        found(`PRODUCER\ntopic: a\n{{${call}}}`),
        problem === undefined ? [] : [`K301 error ${span} ${problem}`],
      )
    })

  it('is judged alike before a run and in it', () => {
    for (const { name } of SYSTEM_NAMES)
      for (const args of ['', 'x', '1 2', '2 1', '-1 d', 'yyyy -1 d', '99999999999999999 d']) {
        const value = systemValue(name, args, context)
        const isWrong = argumentProblem(name, args) !== undefined
        // What is too far away is known only from the time of the run.
        if (isWrong) assert.equal(value.kind, 'bad', `${name} ${args}`)
      }
  })
})

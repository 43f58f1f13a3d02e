import assert from 'node:assert/strict'
import { BadOptions } from '../../src/cli/badOptions.ts'
import { runOptions, type RunOptions } from '../../src/cli/runOptions.ts'
import { runMain } from './run.ts'

const BROKERS = ['--brokers', 'localhost:9092']

function options(...args: readonly string[]): RunOptions {
  return runOptions([...args, ...BROKERS])!
}

describe('The options of kafkafile run', () => {
  const understood: readonly (readonly [string, Partial<RunOptions>])[] = [
    ['a.kafka b', { files: ['a.kafka', 'b'] }],
    ['', { jobs: 1, only: false, bail: false, detail: 'normal', reports: [] }],
    ['--tags a,!b --tags c', { tags: { wanted: ['a', 'c'], unwanted: ['b'] } }],
    ['--jobs 8 --bail --only', { jobs: 8, bail: true, only: true }],
    ['--timeout 1m30s', { timeout: 90_000 }],
    ['--env local', { environment: 'local' }],
    [
      '--var a=1 --var b=x=y --var c=',
      {
        variables: new Map([
          ['a', '1'],
          ['b', 'x=y'],
          ['c', ''],
        ]),
      },
    ],
    [
      '--report junit=out/r.xml --report tap=t',
      {
        reports: [
          { kind: 'junit', file: 'out/r.xml' },
          { kind: 'tap', file: 't' },
        ],
      },
    ],
    ['--quiet', { detail: 'quiet' }],
    ['--verbose', { detail: 'verbose' }],
    ['--cluster test', { clusters: { own: 'test', defined: new Map(), agreed: false } }],
    [
      '--cluster a=h:1,i:2 --cluster b=h:3 --yes',
      {
        clusters: {
          defined: new Map([
            ['a', 'h:1,i:2'],
            ['b', 'h:3'],
          ]),
          agreed: true,
        },
      },
    ],
  ]
  for (const [text, expected] of understood) {
    it(text === '' ? 'defaults' : text, () => {
      const found = options(...text.split(' ').filter(arg => arg !== ''))
      for (const [name, value] of Object.entries(expected))
        assert.deepEqual(found[name as keyof RunOptions], value)
    })
  }

  const refused: readonly (readonly [string, RegExp])[] = [
    ['--jobs 0', /--jobs: "0"/],
    ['--jobs two', /--jobs: "two"/],
    ['--timeout 100', /--timeout: "100" needs a unit/],
    ['--var novalue', /--var takes NAME=VALUE/],
    ['--var 1a=hunter2', /--var: "1a" cannot be used as a name/],
    ['--report xml=r.xml', /--report: "xml=r.xml" is not one of junit=FILE, json=FILE, tap=FILE/],
    ['--report junit=', /--report/],
    ['--tags ,', /--tags is empty/],
    ['--quiet --verbose', /exclude each other/],
    ['--cluster a --cluster b', /--cluster NAME can be given once/],
    ['--nope', /--nope/],
  ]
  for (const [text, message] of refused) {
    it(`refuses ${text}`, () => {
      assert.throws(
        () => options(...text.split(' ')),
        error => error instanceof BadOptions && message.test(error.message),
      )
    })
  }

  it('never show the value of a variable', () => {
    assert.throws(() => options('--var', '1a=hunter2'), { message: /^(?!.*hunter2)/ })
  })

  it('are told by --help', async () => {
    const { exit, out } = await runMain(['run', '--help'])
    assert.equal(exit, 0)
    for (const option of [
      '--tags',
      '--secrets-file',
      '--report',
      '--cluster NAME=host:port',
      '--ca',
    ])
      assert.ok(out.includes(option), option)
    assert.deepEqual(
      out.split('\n').filter(line => line.length > 100),
      [],
    )
  })
})

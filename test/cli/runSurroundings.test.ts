import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ProblemError } from '../../src/base/problem.ts'
import { clusterDefinitions } from '../../src/cli/clusterDefinitions.ts'
import { runClusters, type ClusterSources } from '../../src/cli/runClusters.ts'
import {
  runSurroundings,
  secretsIn,
  type SurroundingSources,
} from '../../src/cli/runSurroundings.ts'

describe('What stands around a .kafka file, on the command line', () => {
  let root = ''
  let folder = ''

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kafkafile-'))
    folder = join(root, 'tests')
    await mkdir(folder)
    await writeFile(
      join(root, 'kafka.env.json'),
      JSON.stringify({
        $clusters: { local: 'localhost:9092' },
        $shared: { region: 'eu' },
        local: { cluster: 'local', user: 'ann', token: 'public' },
      }),
    )
    await writeFile(join(folder, 'kafka.private.env.json'), '{ "local": { "token": "hunter2" } }')
    await writeFile(join(folder, '.env'), 'PORT=9092\n')
    await writeFile(join(root, 'ci.secrets'), 'DB=s3cret\n')
  })

  after(() => rm(root, { recursive: true, force: true }))

  const around = (more: Partial<SurroundingSources> = {}) =>
    runSurroundings({
      workspace: { folder, root },
      variables: new Map(),
      secrets: new Map(),
      process: { HOME: '/home/ci' },
      ...more,
    })

  it('gives values: the command line over the private file over the public one', async () => {
    const { values, cluster } = await around({
      environment: 'local',
      variables: new Map([['user', 'bob']]),
    })
    const shown = [...values.given].map(([name, { text, secret, source }]) => [
      name,
      text,
      secret,
      source,
    ])
    assert.deepEqual(shown.sort(), [
      ['region', 'eu', false, 'kafka.env.json, for all'],
      ['token', 'hunter2', true, 'tests/kafka.private.env.json, local'],
      ['user', 'bob', false, '--var'],
    ])
    assert.equal(cluster, 'local')
  })

  it('has the environment of a block beside that of the run', async () => {
    const surroundings = await around()
    assert.equal(surroundings.values.given.get('user'), undefined)
    assert.equal(surroundings.environment('local').values.get('user')?.text, 'ann')
    assert.throws(() => surroundings.environment('locla'), /Did you mean "local"\?/)
  })

  it('refuses an environment that is not there', async () => {
    await assert.rejects(around({ environment: 'prod' }), (error: unknown) => {
      assert.ok(error instanceof ProblemError)
      assert.match(error.message, /^kafka\.env\.json:1:1 There is no environment "prod"/)
      return true
    })
  })

  it('takes secrets from the file of secrets, then from the process; asks nobody', async () => {
    const surroundings = await around({ secrets: await secretsIn('ci.secrets', root) })
    const { values } = surroundings
    const missing = (name: string, argument: string) => surroundings.missing(name, argument)
    assert.equal(await values.secret('DB'), 's3cret')
    assert.equal(await values.secret('HOME'), '/home/ci')
    assert.equal(await values.secret('NOPE'), undefined)
    assert.equal(await values.prompt('Name?', new AbortController().signal), undefined)
    assert.equal(await values.dotenv('PORT'), '9092')
    assert.equal(missing('$secret', 'DB'), undefined)
    assert.equal(missing('$dotenv', 'PORT'), undefined)
    assert.match(missing('$secret', 'NOPE') ?? '', /--secrets-file/)
    assert.match(missing('$prompt', 'Name?') ?? '', /--var/)
    assert.match(missing('$env', 'NOPE') ?? '', /"NOPE"/)
    assert.match(missing('$dotenv', 'NOPE') ?? '', /"NOPE"/)
    assert.equal(missing('$uuid', ''), undefined)
  })

  it('says that there is no file of secrets', async () => {
    await assert.rejects(secretsIn('nope', root), /--secrets-file: nope: there is no such file\./)
    await assert.rejects(secretsIn('.', root), /--secrets-file: \.: it is a folder\./)
  })
})

describe('Clusters of the command line', () => {
  const define = (clusters: unknown) =>
    clusterDefinitions([
      { file: '/repo/kafka.env.json', text: JSON.stringify({ $clusters: clusters }) },
    ])

  it('are defined in a file of environments', () => {
    const prod = { brokers: 'a:1,b:2', security: 'sasl-ssl', username: 'ci', protected: true }
    assert.deepEqual(
      [...define({ test: 'h:1', prod }).values()],
      [
        {
          name: 'test',
          values: { brokers: ['h:1'] },
          folder: '/repo',
          protected: false,
          disposable: false,
        },
        {
          name: 'prod',
          values: { brokers: ['a:1,b:2'], security: 'sasl-ssl', username: 'ci' },
          folder: '/repo',
          protected: true,
          disposable: false,
        },
      ],
    )
  })

  const wrong: readonly (readonly [unknown, RegExp])[] = [
    ['h:1', /"\$clusters" has to be an object of clusters/],
    [{ a: 1 }, /the cluster "a": has to be "host:port" or an object/],
    [{ a: {} }, /"brokers" is missing/],
    [
      { a: { brokers: 'h:1', password: 'hunter2' } },
      /^(?!.*hunter2).*"password" is none of brokers/,
    ],
    [{ a: { brokers: 'h:1', protected: 'yes' } }, /"protected" has to be true or false/],
    [{ a: { brokers: 1 } }, /"brokers" has to be a text/],
  ]
  for (const [clusters, message] of wrong) {
    it(`are refused as ${JSON.stringify(clusters)}`, () => {
      assert.throws(() => define(clusters), message)
    })
  }

  const sources = (more: Partial<ClusterSources>): ClusterSources => ({
    wanted: { defined: new Map(), agreed: false },
    connection: {},
    defined: define({ test: 'h:1' }),
    named: undefined,
    environment: {},
    folder: '/repo',
    readerWorker: new URL('file:///none'),
    signal: new AbortController().signal,
    ...more,
  })

  const own: readonly (readonly [string, Partial<ClusterSources>, string | undefined])[] = [
    ['are needed', {}, 'no-cluster'],
    ['are those of --brokers', { connection: { brokers: ['h:1'] } }, undefined],
    ['are those that the environment names', { named: 'test' }, undefined],
    ['are unknown', { named: 'tset' }, 'unknown-cluster'],
    [
      'are those of --cluster',
      { wanted: { own: 'test', defined: new Map(), agreed: false } },
      undefined,
    ],
    [
      'are the first that --cluster defines',
      { wanted: { defined: new Map([['a', 'h:1']]), agreed: false } },
      undefined,
    ],
    [
      'are those of --brokers, whatever an environment names',
      { connection: { brokers: ['h:1'] }, named: 'tset' },
      undefined,
    ],
  ]
  for (const [name, more, code] of own) {
    it(name, () => assert.equal(runClusters(sources(more)).ownProblem?.code, code))
  }

  it('say what is wrong with them when they are used', async () => {
    const defined = define({ a: { brokers: 'h', security: 'ssl' } })
    await assert.rejects(
      runClusters(sources({ defined })).open('a'),
      /Cluster "a": "h" in --brokers is not host:port/,
    )
    await assert.rejects(
      runClusters(sources({})).open('tset'),
      /There is no cluster "tset"\. Did you mean "test"\?.*--cluster tset=host:port/,
    )
  })
})

import assert from 'node:assert/strict'
import {
  copyId,
  copyName,
  newId,
  newProblems,
  readClusterLists,
  toEntry,
  withEntry,
  type ClusterList,
} from '../../src/vscode/clusters/settings.ts'

const user = (value: unknown): ClusterList => ({
  scope: 'user',
  prefix: '',
  place: 'user settings',
  value,
})
const workspace = (value: unknown): ClusterList => ({
  scope: 'workspace',
  prefix: 'workspace:',
  place: 'workspace settings',
  value,
})
const LOCAL = { id: 'local', name: 'Local', bootstrapServers: ['localhost:9092'] }

function problemsOf(value: unknown): string[] {
  return readClusterLists([user(value)]).problems.map(({ message }) => message)
}

describe('clusters in the settings', () => {
  it('are nobody when nothing is written', () => {
    assert.deepEqual(readClusterLists([user(undefined), workspace(null)]), {
      clusters: [],
      problems: [],
    })
  })

  it('are read in full', () => {
    const entry = {
      ...LOCAL,
      tls: { caFile: '~/ca.pem', certificateFile: 'c.pem', keyFile: 'k.pem', verify: false },
      sasl: { mechanism: 'scram-sha-512', username: 'alice' },
      protected: true,
      disposable: false,
      color: 'red',
    }
    assert.deepEqual(readClusterLists([user([entry])]).clusters, [
      {
        ...LOCAL,
        tls: {
          enabled: true,
          caFile: '~/ca.pem',
          certificateFile: 'c.pem',
          keyFile: 'k.pem',
          verify: false,
        },
        sasl: { mechanism: 'SCRAM-SHA-512', username: 'alice' },
        protected: true,
        color: 'red',
        scope: 'user',
      },
    ])
  })

  it('take short forms: no name, tls true, servers in one text', () => {
    const [cluster] = readClusterLists([
      user([{ id: 'a', bootstrapServers: 'h:1, i:2', tls: true }]),
    ]).clusters
    assert.equal(cluster?.name, 'a')
    assert.deepEqual(cluster.bootstrapServers, ['h:1', 'i:2'])
    assert.deepEqual(cluster.tls, { enabled: true })
  })

  it('of a workspace never share an id with those of the user', () => {
    const { clusters, problems } = readClusterLists([user([LOCAL]), workspace([LOCAL])])
    assert.deepEqual(
      clusters.map(({ id, scope }) => [id, scope]),
      [
        ['local', 'user'],
        ['workspace:local', 'workspace'],
      ],
    )
    assert.deepEqual(problems, [])
  })

  it('cannot take the id of another scope by writing its prefix', () => {
    const { clusters, problems } = readClusterLists([
      user([{ ...LOCAL, id: 'workspace:local' }]),
      workspace([LOCAL]),
    ])
    assert.deepEqual(
      clusters.map(({ id }) => id),
      ['workspace:local'],
    )
    assert.equal(clusters[0]?.scope, 'workspace')
    assert.match(problems[0]?.message ?? '', /"id" may have/)
  })

  const nonsense: readonly (readonly [name: string, value: unknown, message: RegExp])[] = [
    ['a text', 'localhost:9092', /is not a list/],
    ['an object', { local: {} }, /is not a list/],
    ['a number in the list', [5], /Cluster 1 in user settings: is not an object/],
    ['null in the list', [null], /Cluster 1 in user settings/],
    ['no id', [{ name: 'X', bootstrapServers: ['a:1'] }], /Cluster "X".*"id" is missing/],
    ['no servers', [{ id: 'x' }], /Cluster "x".*"bootstrapServers" is missing/],
    ['empty servers', [{ id: 'x', bootstrapServers: [] }], /is empty/],
    ['servers of numbers', [{ id: 'x', bootstrapServers: [9092] }], /not a text/],
    ['a server without port', [{ id: 'x', bootstrapServers: ['a'] }], /"a" has no port/],
    ['a wrong mechanism', [{ ...LOCAL, sasl: { mechanism: 'GSSAPI', username: 'a' } }], /GSSAPI/],
    ['no user', [{ ...LOCAL, sasl: { mechanism: 'PLAIN' } }], /"sasl.username" is missing/],
    ['half a key pair', [{ ...LOCAL, tls: { certificateFile: 'c.pem' } }], /belong together/],
    ['protected as text', [{ ...LOCAL, protected: 'yes' }], /"protected" is neither/],
    ['a colour of its own', [{ ...LOCAL, color: '#ff0000' }], /"color" can be/],
    ['the same id twice', [LOCAL, LOCAL], /have the id "local"; the second is left out/],
  ]
  for (const [name, value, message] of nonsense) {
    it(`says what is wrong with ${name}`, () => {
      assert.match(problemsOf(value).join('\n'), message)
    })
  }

  it('stay when another entry is nonsense', () => {
    const { clusters, problems } = readClusterLists([
      user([{ id: 'bad' }, LOCAL]),
      workspace('nonsense'),
    ])
    assert.deepEqual(
      clusters.map(({ id }) => id),
      ['local'],
    )
    assert.deepEqual(
      problems.map(({ scope }) => scope),
      ['user', 'workspace'],
    )
  })

  it('with a password in them work, without the password, and with a problem', () => {
    const sasl = { mechanism: 'PLAIN', username: 'a', password: 'hunter2' }
    const { clusters, problems } = readClusterLists([user([{ ...LOCAL, sasl }])])
    assert.equal(JSON.stringify({ clusters, problems }).includes('hunter2'), false)
    assert.match(problems[0]?.message ?? '', /has a "password" in the settings file/)
  })

  it('are written as they were read, without scope and prefix', () => {
    const [cluster] = readClusterLists([workspace([LOCAL])]).clusters
    assert.ok(cluster)
    assert.deepEqual(toEntry(cluster), LOCAL)
  })
})

describe('changing one entry', () => {
  const nonsense = [5, { id: 'other' }]

  it('adds, replaces and removes, and leaves what it does not understand', () => {
    const added = withEntry(nonsense, 'local', LOCAL)
    assert.deepEqual(added, [...nonsense, LOCAL])
    const renamed = { ...LOCAL, name: 'Here' }
    assert.deepEqual(withEntry(added, 'local', renamed), [...nonsense, renamed])
    assert.deepEqual(withEntry(added, 'local', undefined), nonsense)
    assert.deepEqual(withEntry(undefined, 'local', undefined), [])
  })
})

describe('names and ids of new clusters', () => {
  it('are made of the name, unlike those taken', () => {
    assert.equal(newId('Möller & Söhne (EU)', []), 'mo-ller-so-hne-eu')
    assert.equal(newId('Local', ['local', 'local-2']), 'local-3')
    assert.equal(newId('本番', []), 'cluster')
  })

  it('of copies stay in the list of the original', () => {
    assert.equal(copyId({ id: 'folder:api:local' }, 'Local copy', []), 'folder:api:local-copy')
    assert.equal(copyId({ id: 'local' }, 'Local', ['local']), 'local-2')
  })

  it('of copies are numbered', () => {
    assert.equal(copyName('Local', ['Local']), 'Local copy')
    assert.equal(copyName('Local', ['Local', 'Local copy']), 'Local copy 2')
  })
})

describe('problems of settings', () => {
  const read = (...values: unknown[]) =>
    readClusterLists([{ scope: 'user', prefix: '', place: 'user settings', value: values }])
  const messages = (problems: ReturnType<typeof newProblems>) =>
    problems.map(({ message }) => message)

  it('are new once, and again when they come back', () => {
    const one = read(7)
    const two = read(7, 8)
    assert.equal(messages(newProblems(undefined, one)).length, 1)
    assert.deepEqual(messages(newProblems(one, one)), [])
    assert.deepEqual(messages(newProblems(one, two)), [two.problems[1]?.message])
    assert.equal(newProblems(read(), one).length, 1)
  })
})

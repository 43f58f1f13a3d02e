import assert from 'node:assert/strict'
import type { SavedCluster } from '../../src/vscode/clusters/clusters.ts'
import {
  draftCluster,
  draftOf,
  draftSecret,
  keepsSecret,
  nameError,
  NEW_DRAFT,
  serversError,
  stepsOf,
  type ClusterDraft,
} from '../../src/vscode/clusters/draft.ts'

const draft = (change: Partial<ClusterDraft>): ClusterDraft => ({
  ...NEW_DRAFT,
  name: 'Billing',
  ...change,
})
const SAVED: SavedCluster = {
  id: 'billing',
  name: 'Billing',
  bootstrapServers: ['a:1', 'b:2'],
  tls: { enabled: true, caFile: '/ca.pem', serverName: 'x', verify: false },
  sasl: { mechanism: 'SCRAM-SHA-256', username: 'alice' },
  protected: true,
  color: 'red',
  scope: 'user',
}

describe('the steps of adding a cluster', () => {
  const always = (...middle: string[]) => ['name', 'servers', 'security', ...middle, 'care']
  const cases: readonly (readonly [Partial<ClusterDraft>, string[]])[] = [
    [{ security: 'plaintext' }, always()],
    [{ security: 'tls' }, always('ca')],
    [{ security: 'mtls' }, always('ca', 'certificate', 'key')],
    [
      { security: 'mtls', key: '-----BEGIN ENCRYPTED PRIVATE KEY-----' },
      always('ca', 'certificate', 'key', 'passphrase'),
    ],
    [{ security: 'sasl-plaintext' }, always('mechanism', 'username', 'password')],
    [{ security: 'sasl-tls' }, always('ca', 'mechanism', 'username', 'password')],
  ]
  for (const [change, steps] of cases) {
    it(`are ${steps.join(', ')}`, () => {
      assert.deepEqual(stepsOf(draft(change), { workspace: false }), steps)
    })
  }

  it('ask where to save only a new cluster, and only where there is a choice', () => {
    const hasScope = (change: Partial<ClusterDraft>, workspace: boolean) =>
      stepsOf(draft(change), { workspace }).includes('scope')
    assert.equal(hasScope({}, true), true)
    assert.equal(hasScope({}, false), false)
    assert.equal(hasScope({ id: 'billing' }, true), false)
  })

  it('check names and addresses', () => {
    assert.match(nameError(' ', []) ?? '', /Give the cluster a name/)
    assert.match(nameError('Local ', ['Local']) ?? '', /already/)
    assert.equal(nameError('Local', []), undefined)
    assert.match(serversError('x') ?? '', /no port/)
    assert.equal(serversError('x:1'), undefined)
  })
})

describe('a draft', () => {
  it('comes back from a saved cluster as it was', () => {
    assert.deepEqual(draftCluster(draftOf(SAVED), [], ''), SAVED)
  })

  it('keeps what was written by hand, though no step offers it', () => {
    const both = { ...SAVED, protected: true, disposable: true }
    assert.deepEqual(draftCluster(draftOf(both), [], ''), both)
    const { protected: no, ...disposable } = both
    assert.equal(no, true)
    assert.deepEqual(draftCluster({ ...draftOf(both), care: 'disposable' }, [], ''), disposable)
  })

  it('makes an id in the scope it is saved in', () => {
    const cluster = draftCluster(draft({ scope: 'workspace' }), ['billing'], 'workspace:')
    assert.equal(cluster.id, 'workspace:billing-2')
    assert.equal(cluster.scope, 'workspace')
  })

  it('holds nothing of a security that was given up', () => {
    const cluster = draftCluster(
      draft({ security: 'plaintext', username: 'alice', caFile: '/ca.pem', password: 'p' }),
      [],
      '',
    )
    assert.equal(cluster.tls, undefined)
    assert.equal(cluster.sasl, undefined)
    assert.deepEqual(draftSecret(draft({ security: 'plaintext', password: 'p' }), {}), {})
  })

  it('keeps a stored password that was not typed again', () => {
    const secret = { password: 'old' }
    assert.deepEqual(draftSecret(draftOf(SAVED), secret), secret)
    assert.deepEqual(draftSecret({ ...draftOf(SAVED), password: 'new' }, secret), {
      password: 'new',
    })
  })

  it('does not take a stored password to other servers or another user', () => {
    const start = draftOf(SAVED)
    assert.equal(keepsSecret({ ...start, servers: 'b:2,a:1', name: 'X' }, SAVED), true)
    assert.equal(keepsSecret({ ...start, servers: 'a:1' }, SAVED), false)
    assert.equal(keepsSecret({ ...start, username: 'bob' }, SAVED), false)
    assert.equal(keepsSecret(start, undefined), false)
  })
})

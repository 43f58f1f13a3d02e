import assert from 'node:assert/strict'
import type { SavedCluster } from '../../src/vscode/clusters/clusters.ts'
import { readSecret, secretKey } from '../../src/vscode/clusters/secretKey.ts'

const BASE: SavedCluster = {
  id: 'billing',
  name: 'Billing',
  bootstrapServers: ['a:1', 'b:2'],
  sasl: { mechanism: 'PLAIN', username: 'alice' },
  tls: { enabled: true },
  scope: 'user',
}

describe('under which key a secret is kept', () => {
  const changed: readonly (readonly [string, Partial<SavedCluster>])[] = [
    ['the id', { id: 'other' }],
    ['a server', { bootstrapServers: ['evil:1', 'b:2'] }],
    ['one server more', { bootstrapServers: ['a:1', 'b:2', 'evil:1'] }],
    ['the user', { sasl: { mechanism: 'PLAIN', username: 'bob' } }],
    ['the mechanism', { sasl: { mechanism: 'SCRAM-SHA-256', username: 'alice' } }],
    ['the scope', { scope: 'workspace' }],
    ['TLS turned off', { tls: { enabled: false } }],
    ['TLS not verified', { tls: { enabled: true, verify: false } }],
    ['another CA', { tls: { enabled: true, caFile: '/evil.pem' } }],
  ]
  for (const [what, change] of changed) {
    it(`changes with ${what}`, () => {
      assert.notEqual(secretKey({ ...BASE, ...change }, 'w'), secretKey(BASE, 'w'))
    })
  }

  const same: readonly (readonly [string, Partial<SavedCluster>])[] = [
    ['the name', { name: 'Invoices' }],
    ['the order of servers', { bootstrapServers: ['b:2', 'a:1'] }],
    ['upper case', { bootstrapServers: ['A:1', 'b:2'] }],
    ['protection', { protected: true }],
  ]
  for (const [what, change] of same) {
    it(`does not change with ${what}`, () => {
      assert.equal(secretKey({ ...BASE, ...change }, 'w'), secretKey(BASE, 'w'))
    })
  }

  it("tells workspaces apart for a workspace's cluster only", () => {
    const own: SavedCluster = { ...BASE, scope: 'workspace' }
    assert.notEqual(secretKey(own, 'one'), secretKey(own, 'two'))
    assert.equal(secretKey(BASE, 'one'), secretKey(BASE, 'two'))
  })

  it('tells scopes apart even where no folder is open', () => {
    assert.notEqual(secretKey({ ...BASE, scope: 'workspace' }, ''), secretKey(BASE, ''))
  })

  it('names nothing that it is made of', () => {
    assert.doesNotMatch(secretKey(BASE, 'w'), /alice|billing|a:1/)
  })
})

describe('a stored secret', () => {
  it('is read back', () => {
    assert.deepEqual(readSecret('{"password":"x","passphrase":"y"}'), {
      password: 'x',
      passphrase: 'y',
    })
  })
  for (const text of [undefined, '', 'x', 'null', '[]', '{"password":5}']) {
    it(`is nothing when it reads ${String(text)}`, () => assert.deepEqual(readSecret(text), {}))
  }
})

import assert from 'node:assert/strict'
import { join, resolve } from 'node:path'
import { pemPath, rootFor } from '../../src/vscode/clusters/pemPath.ts'

describe('the path of a PEM file', () => {
  const home = resolve('/home/me')
  const root = resolve('/work/$1/api')
  const cases: readonly (readonly [path: string, full: string])[] = [
    ['certs/ca.pem', join(root, 'certs/ca.pem')],
    ['../ca.pem', join(root, '../ca.pem')],
    ['${workspaceFolder}/ca.pem', `${root}/ca.pem`],
    ['~/ca.pem', `${home}/ca.pem`],
    ['~other/ca.pem', join(root, '~other/ca.pem')],
    [resolve('/etc/ca.pem'), resolve('/etc/ca.pem')],
  ]
  for (const [path, full] of cases) {
    it(`${path} is ${full}`, () => {
      assert.equal(pemPath(path, root, home), full)
    })
  }
})

describe('the folder that the paths of a cluster start at', () => {
  const folders = new Map([
    ['folder:web:', '/web'],
    ['folder:api:', '/api'],
  ])
  const many = { byPrefix: folders, workspace: '/space', first: '/web' }
  const one = { byPrefix: new Map<string, string>(), workspace: undefined, first: '/only' }

  it('is the one whose settings it stands in', () => {
    assert.equal(rootFor({ id: 'folder:api:local', scope: 'workspace' }, many), '/api')
    assert.equal(rootFor({ id: 'workspace:local', scope: 'workspace' }, many), '/space')
    assert.equal(rootFor({ id: 'workspace:local', scope: 'workspace' }, one), '/only')
    assert.equal(rootFor({ scope: 'workspace' }, one), '/only')
  })

  it('is none for a cluster of the user, whatever is open', () => {
    assert.equal(rootFor({ id: 'local', scope: 'user' }, many), undefined)
  })
})

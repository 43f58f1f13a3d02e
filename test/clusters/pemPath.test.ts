import assert from 'node:assert/strict'
import { join, resolve } from 'node:path'
import { pemPath } from '../../src/vscode/clusters/pemPath.ts'

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

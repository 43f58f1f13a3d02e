import assert from 'node:assert/strict'
import type { SavedCluster } from '../../src/vscode/clusters/clusters.ts'
import { newId } from '../../src/vscode/clusters/settings.ts'
import { checkedVersion, isDisposable, localEntry } from '../../src/vscode/local/localEntry.ts'

const saved = (id: string, name: string, more: Partial<SavedCluster> = {}): SavedCluster => ({
  id,
  name,
  bootstrapServers: ['prod:9092'],
  scope: 'user',
  ...more,
})

describe('the cluster of the local Kafka', () => {
  it('never takes the place of one that the user added', () => {
    const theirs = [saved('local', 'Local'), saved(newId('Local Kafka', []), 'Local Kafka')]
    const { id, name, disposable } = localEntry(theirs, 'localhost:9092')
    assert.deepEqual([name, disposable], ['Local Kafka 2', true])
    assert.equal(
      theirs.some(other => other.id === id),
      false,
    )
  })

  it('gets the address of the present broker and keeps what the user made of it', () => {
    const ours = localEntry([], 'localhost:9092')
    assert.deepEqual([ours.id, ours.name], ['local-kafka', 'Local Kafka'])
    const changed = { ...ours, name: 'Mine', color: 'red' }
    assert.deepEqual(localEntry([changed], 'localhost:9094'), {
      ...changed,
      bootstrapServers: ['localhost:9094'],
    })
  })
})

describe('topics that may be made anew', () => {
  const ours = localEntry([], 'localhost:9092')
  const theirs = { ...ours, id: 'mine' }
  const CASES = [
    ['those of the local Kafka while it runs', ours, true, true],
    ['not those of what answers at its address later', ours, false, false],
    ['those of a cluster that the user marked', theirs, false, true],
    ['not those of one that nobody marked', { ...theirs, disposable: false }, true, false],
  ] as const
  for (const [what, saved, runs, expected] of CASES)
    it(`are ${what}`, async () => {
      assert.equal(await isDisposable(saved, () => Promise.resolve(runs)), expected)
    })
})

describe('the version of the local Kafka', () => {
  it('may be left open', () => {
    assert.equal(checkedVersion(' '), undefined)
    assert.equal(checkedVersion(' 4.2.0 '), '4.2.0')
  })
  for (const text of ['4.2', 'latest', '../4.2.0', '4.2.0-rc1']) {
    it(`is not ${text}`, () => assert.throws(() => checkedVersion(text), /not a version of Kafka/))
  }
})

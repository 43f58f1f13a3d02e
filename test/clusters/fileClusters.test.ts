import assert from 'node:assert/strict'
import { parse } from '../../src/language/parse.ts'
import type { SavedCluster } from '../../src/vscode/clusters/clusters.ts'
import { knowledgeOf } from '../../src/vscode/language/fileKnowledge.ts'
import { clusterAt, clusterOf, type ClusterNames } from '../../src/vscode/language/kafkaDocument.ts'

const saved = (id: string): SavedCluster => ({
  id,
  name: id,
  scope: 'user',
  bootstrapServers: ['localhost:9092'],
  protected: false,
  disposable: false,
})
const all = ['selected', 'first', 'second', 'own'].map(saved)
const clusters: ClusterNames = {
  selected: all[0],
  find: name => all.find(cluster => cluster.name === name),
}

const NOTHING = {
  of: () => undefined,
  load: () => Promise.resolve(),
  forget: () => undefined,
  dispose: () => undefined,
  onDidChange: () => ({ dispose: () => undefined }),
}

const TEXT = `-- @cluster first
-- @cluster second
CONSUMER
topic: a
###
PRODUCER
-- @cluster own
topic: a
x
###
-- @cluster gone

CONSUMER
topic: a
`

describe('the cluster of a .kafka file', () => {
  const { file } = parse(TEXT)

  it('is that of the block, else of the last line above it that names one', () => {
    const names = file.blocks.map(block => {
      const found = clusterOf(file, block, clusters)
      return found.kind === 'cluster' ? found.cluster.name : found.kind
    })
    assert.deepEqual(names, ['second', 'own', 'unknown'])
  })

  it('is the same for what stands in the block, and for what begins at a line', () => {
    const at = (offset: number) => {
      const found = clusterAt(file, offset, clusters)
      return found.kind === 'cluster' ? found.cluster.name : found.kind
    }
    assert.equal(at(0), 'selected')
    assert.equal(at(TEXT.indexOf('topic: a')), 'second')
    assert.equal(at(TEXT.indexOf('x\n###')), 'own')
    assert.equal(at(TEXT.indexOf('\n\nCONSUMER') + 1), 'unknown')
  })

  it('is asked once, and only what is known is used', () => {
    const asked: string[] = []
    const knowledge = {
      of(id: string) {
        asked.push(id)
        const topics = new Map([['a', { name: 'a', partitions: 3 }]])
        return id === 'own' ? { topics, groups: [], autoCreate: false } : undefined
      },
    }
    const { clusterOf: known } = knowledgeOf(block => clusterOf(file, block, clusters), {
      knowledge: { ...NOTHING, ...knowledge },
      samples: NOTHING,
    })
    assert.deepEqual(
      [...file.blocks, ...file.blocks].map(block => known?.(block)?.topics.get('a')),
      [undefined, 3, undefined, undefined, 3, undefined],
    )
    assert.equal(known?.(file.blocks[1]!), known?.(file.blocks[1]!))
    assert.deepEqual(asked, ['second', 'own'])
  })
})

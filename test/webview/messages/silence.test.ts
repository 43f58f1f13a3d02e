import assert from 'node:assert/strict'
import type { PartitionState } from '../../../src/protocol/messages.ts'
import { nextTry, silentSince } from '../../../src/webview/messages/silence.ts'
import { STATE } from './samples.ts'

const problem = { code: 'refused', message: 'Nothing listens at localhost:9092.' }
const fine = { partition: 0, percent: 50 }
const done = { partition: 1, percent: 100 }
const failing = { partition: 2, percent: 50, problem, failingSince: 70, nextTryAt: 90 }
const later = { ...failing, partition: 3, failingSince: 80, nextTryAt: 85 }
const givenUp = { partition: 4, percent: 100, problem }

describe('brokers that do not answer', () => {
  const since = (phase: 'reading' | 'following' | 'done', ...progress: PartitionState[]) =>
    silentSince({ ...STATE, phase, progress })

  it('are silent since the last of them answered', () => {
    assert.equal(since('following', failing, later), 80)
    assert.equal(since('following', failing, givenUp), 70)
    assert.equal(since('reading', failing, done), 70)
  })

  it('are not silent where one answers, or none is asked', () => {
    assert.equal(since('following', failing, fine), undefined)
    assert.equal(since('following', failing, done), undefined)
    assert.equal(since('reading', failing, fine), undefined)
    assert.equal(since('following', givenUp), undefined)
    assert.equal(since('done', failing), undefined)
    assert.equal(since('reading'), undefined)
  })

  it('are tried again when the first of them is', () => {
    assert.equal(nextTry([failing, later]), 85)
    assert.equal(nextTry([givenUp]), undefined)
  })
})

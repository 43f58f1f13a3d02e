import assert from 'node:assert/strict'
import {
  keptFilters,
  MOST_HISTORY,
  NO_FILTERS,
  withMatched,
  without,
  withRun,
  withSaved,
} from '../../src/vscode/messages/keptFilters.ts'

const texts = (filters: readonly { readonly text: string }[]) => filters.map(({ text }) => text)

describe('filters that are kept', () => {
  it('have the newest first, each text once', () => {
    const kept = ['a', 'b', 'a', ' ', ''].reduce(withRun, NO_FILTERS)
    assert.deepEqual(texts(kept.history), ['a', 'b'])
  })

  it('are at most fifty, and none that is absurdly long', () => {
    let kept = NO_FILTERS
    for (let n = 0; n < 80; n++) kept = withRun(kept, `n${n}`)
    kept = withRun(kept, 'x'.repeat(5_000))
    assert.equal(kept.history.length, MOST_HISTORY)
    assert.equal(kept.history[0]?.text, 'n79')
  })

  it('know how many matched, wherever they are kept', () => {
    const run = withSaved(withRun(NO_FILTERS, 'a'), 'a', 'All of a')
    const kept = withMatched(run, 'a', 12)
    assert.deepEqual(kept.history, [{ text: 'a', matched: 12 }])
    assert.deepEqual(kept.saved, [{ text: 'a', name: 'All of a', matched: 12 }])
    assert.deepEqual(withRun(kept, 'a').history, [{ text: 'a' }])
  })

  it('have one name each, and one text per name', () => {
    const first = withSaved(withSaved(NO_FILTERS, 'a', 'Z'), 'b', 'B')
    assert.deepEqual(
      first.saved.map(({ name }) => name),
      ['B', 'Z'],
    )
    assert.deepEqual(withSaved(first, 'a', 'A').saved, [
      { text: 'a', name: 'A' },
      { text: 'b', name: 'B' },
    ])
    assert.deepEqual(withSaved(first, 'c', 'B').saved, [
      { text: 'c', name: 'B' },
      { text: 'a', name: 'Z' },
    ])
  })

  it('are forgotten in one place only', () => {
    const kept = withSaved(withRun(NO_FILTERS, 'a'), 'a', 'A')
    assert.deepEqual(without(kept, 'a', 'history'), { history: [], saved: kept.saved })
    assert.deepEqual(without(kept, 'a', 'saved'), { history: kept.history, saved: [] })
  })

  it('come back from storage, whatever stands there', () => {
    const kept = withSaved(withMatched(withRun(NO_FILTERS, 'a'), 'a', 3), 'a', 'A')
    assert.deepEqual(keptFilters(JSON.parse(JSON.stringify(kept))), kept)
    for (const odd of [undefined, null, 7, 'x', [], { history: 'x', saved: { a: 1 } }])
      assert.deepEqual(keptFilters(odd), NO_FILTERS)
    assert.deepEqual(
      keptFilters({
        history: [{ text: 1 }, { text: 'a', matched: 'x' }, null],
        saved: [{ text: 'b' }],
      }),
      { history: [{ text: 'a' }], saved: [] },
    )
  })
})

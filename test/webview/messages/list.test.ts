import assert from 'node:assert/strict'
import type { Row, Rows, RowsRequest } from '../../../src/protocol/messages.ts'
import {
  gridTemplate,
  resized,
  visibleColumns,
  COLUMNS,
} from '../../../src/webview/messages/columns.ts'
import { RowNames } from '../../../src/webview/messages/names.ts'
import { RowPages } from '../../../src/webview/messages/pages.ts'
import {
  heightsOf,
  MOST_HEIGHT,
  rowTopAt,
  scrolledTop,
  scrollTopAt,
} from '../../../src/webview/messages/scale.ts'
import { MOST_SELECTED, Selection } from '../../../src/webview/messages/selection.ts'

function rowNumber(number: number): Row {
  return {
    kind: 'record',
    partition: 0,
    offset: String(number),
    key: { kind: 'null' },
    value: { kind: 'null' },
    headers: 0,
    headerText: '',
    size: 0,
  }
}

/** A host of rows whose answers come when the test says so. */
class SlowHost {
  readonly asked: RowsRequest[] = []
  revision = 1
  end = 1000
  #answers: (() => void)[] = []

  pull = (request: RowsRequest): Promise<Rows> => {
    this.asked.push(request)
    return new Promise(resolve => {
      this.#answers.push(() => {
        const count = Math.max(0, Math.min(request.count, this.end - request.from))
        resolve({
          from: request.from,
          revision: this.revision,
          rows: Array.from({ length: count }, (_, index) => rowNumber(request.from + index)),
        })
      })
    })
  }

  async answerAll(): Promise<void> {
    while (this.#answers.length > 0) {
      for (const answer of this.#answers.splice(0)) answer()
      await new Promise(resolve => setImmediate(resolve))
    }
  }
}

describe('the rows that a view pulls', () => {
  const open = () => {
    const host = new SlowHost()
    const pages = new RowPages(host.pull, () => undefined)
    pages.update(host.revision, host.end)
    return { host, pages }
  }

  it('are those that are seen, then those ahead', async () => {
    const { host, pages } = open()
    pages.want(120, 160)
    await host.answerAll()
    assert.deepEqual(
      host.asked.map(({ from }) => from),
      [100, 200, 300, 0],
    )
    assert.equal(pages.row(120)?.offset, '120')
  })

  it('are not asked for where somebody only passed', async () => {
    const { host, pages } = open()
    for (let row = 0; row < 900; row += 100) pages.want(row, row + 40)
    await host.answerAll()
    assert.equal(host.asked.length, 6)
    assert.ok(pages.row(820))
    assert.equal(pages.row(420), undefined)
  })

  it('stay until newer ones came when they changed places', async () => {
    const { host, pages } = open()
    pages.want(0, 40)
    await host.answerAll()
    host.revision = 2
    const before = host.asked.length
    pages.update(2, host.end)
    assert.ok(pages.row(3))
    await host.answerAll()
    assert.ok(host.asked.length > before)
  })

  it('are asked for again at the end when there are more', async () => {
    const { host, pages } = open()
    host.end = 150
    pages.update(1, 150)
    pages.want(100, 150)
    await host.answerAll()
    assert.equal(pages.row(150), undefined)
    host.end = 170
    pages.update(1, 170)
    await host.answerAll()
    assert.equal(pages.row(169)?.offset, '169')
    assert.equal(host.asked.filter(({ from }) => from === 0).length, 1)
  })
})

describe('the records of rows that were not pulled', () => {
  const open = (known: (number: number) => boolean) => {
    const asked: RowsRequest[] = []
    const names = new RowNames({
      row: number => (known(number) ? rowNumber(number) : undefined),
      pull: request => {
        asked.push(request)
        const { from, count } = request
        const rows = Array.from({ length: count }, (_, index) => rowNumber(from + index))
        const [first] = rows
        if (first && from === 20) rows[0] = { ...first, kind: 'gap', lastOffset: '20', count: 1 }
        return Promise.resolve({ from, revision: 1, rows })
      },
    })
    return { names, asked }
  }
  const offsets = async (names: RowNames, numbers: readonly number[]) =>
    (await names.of(numbers)).map(({ offset }) => Number(offset))

  it('are asked for once, as many at a time as the host gives', async () => {
    const { names, asked } = open(number => number < 10)
    const rows = Array.from({ length: 2500 }, (_, index) => index)
    assert.equal((await offsets(names, rows)).length, 2500)
    assert.deepEqual(asked, [
      { from: 10, count: 1000 },
      { from: 1010, count: 1000 },
      { from: 2010, count: 490 },
    ])
    await names.of(rows)
    assert.equal(asked.length, 3)
    names.forget()
    await names.of(rows)
    assert.equal(asked.length, 6)
  })

  it('leave out what is no record, and what lies far between', async () => {
    const { names, asked } = open(() => false)
    assert.deepEqual(await offsets(names, [20, 22, 90_000]), [22, 90_000])
    assert.deepEqual(asked, [
      { from: 20, count: 3 },
      { from: 90_000, count: 1 },
    ])
  })
})

describe('a scroll bar for more rows than a browser can hold', () => {
  it('is exact while all fit', () => {
    const heights = heightsOf(22 * 50_000, 400)
    assert.equal(heights.canvas, heights.rows)
    assert.equal(scrolledTop(0, 0, 999_990, heights), 999_990)
  })

  it('stays where floats tell a quarter of a px', () => {
    assert.ok(heightsOf(22 * 50_000_000, 400).canvas < 2 ** 22)
  })

  it('reaches both ends, goes by lines, and jumps on the scale of all', () => {
    const heights = heightsOf(22 * 10_000_000, 400)
    assert.equal(heights.canvas, MOST_HEIGHT)
    const end = heights.canvas - heights.view
    assert.equal(Math.round(rowTopAt(end, heights)), heights.rows - heights.view)
    assert.equal(Math.round(scrollTopAt(heights.rows - heights.view, heights)), end)
    assert.equal(scrolledTop(5000, 700, 760, heights), 5060)
    assert.equal(scrolledTop(5000, 700, 0, heights), 0)
    assert.equal(scrolledTop(5000, 700, end, heights), heights.rows - heights.view)
    const middle = scrolledTop(5000, 700, end / 2, heights)
    assert.ok(Math.abs(middle - heights.rows / 2) < 400)
  })
})

describe('the selection', () => {
  it('is one row, a stretch, or single ones', () => {
    const selection = new Selection()
    selection.only(5)
    selection.extend(8)
    assert.deepEqual(selection.rows, [5, 6, 7, 8])
    selection.extend(3)
    assert.deepEqual(selection.rows, [3, 4, 5])
    selection.toggle(9)
    selection.toggle(4)
    assert.deepEqual(selection.rows, [3, 5, 9])
    assert.equal(selection.active, 4)
  })

  it('holds so many and no more', () => {
    const selection = new Selection()
    assert.ok(!selection.all(0, MOST_SELECTED + 1))
    assert.ok(selection.all(0, MOST_SELECTED))
    assert.equal(selection.size, MOST_SELECTED)
    selection.only(0)
    selection.extend(2 * MOST_SELECTED)
    assert.equal(selection.size, MOST_SELECTED)
  })

  it('forgets rows that are gone', () => {
    const selection = new Selection()
    selection.only(3)
    selection.extend(6)
    selection.keepWithin(5, 100)
    assert.deepEqual(selection.rows, [5, 6])
    assert.equal(selection.active, 6)
    selection.keepWithin(50, 100)
    assert.equal(selection.active, undefined)
  })
})

describe('the columns', () => {
  const layout = { widths: {}, hidden: [] }

  it('leave what is over to the value, else to the key', () => {
    assert.match(gridTemplate(layout), /minmax\(120px, 1fr\)/)
    assert.match(gridTemplate({ ...layout, hidden: ['value'] }), /minmax\(40px, 1fr\)/)
  })

  it('are never all hidden', () => {
    const hidden = COLUMNS.map(({ name }) => name)
    assert.deepEqual(
      visibleColumns({ widths: {}, hidden }).map(({ name }) => name),
      ['value'],
    )
  })

  it('keep to a width that can be read', () => {
    const [time] = COLUMNS
    assert.equal(resized(layout, time!, 3)['time'], time!.least)
    assert.equal(resized(layout, time!, 180.4)['time'], 180)
  })
})

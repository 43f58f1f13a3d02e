import assert from 'node:assert/strict'
import { Emitter } from '../../src/base/events.ts'
import { ProblemError } from '../../src/base/problem.ts'
import { openChannel, type Handlers, type Port } from '../../src/protocol/channel.ts'

interface Host {
  requests: {
    double: (n: number) => number
    page: (ask: { from: string; count: number }) => readonly string[]
    hang: () => string
  }
  events: { paused: boolean; closing: undefined }
}
interface View {
  requests: { focusedRow: () => string | undefined }
  events: { reading: { lag: string } }
}

/** Two ports joined as a webview joins them: asynchronous, and only what JSON can carry. */
function pair(): { host: Port & Spy; view: Port & Spy } {
  const toHost = new Emitter<unknown>()
  const toView = new Emitter<unknown>()
  return { host: spied(toView, toHost), view: spied(toHost, toView) }
}

interface Spy {
  readonly sent: unknown[]
}

function spied(out: Emitter<unknown>, inward: Emitter<unknown>): Port & Spy {
  const sent: unknown[] = []
  return {
    sent,
    post: message => {
      const copy = JSON.parse(JSON.stringify(message)) as unknown
      sent.push(copy)
      queueMicrotask(() => out.fire(copy))
    },
    onMessage: inward.event,
  }
}

interface Connected {
  readonly heard: unknown[]
  readonly hangSignals: AbortSignal[]
  readonly ports: ReturnType<typeof pair>
  readonly host: ReturnType<typeof openChannel<Host, View>>
  readonly view: ReturnType<typeof openChannel<View, Host>>
}

function connect(changes: Partial<Handlers<Host>['requests']> = {}): Connected {
  const ports = pair()
  const heard: unknown[] = []
  const hangSignals: AbortSignal[] = []
  const host = openChannel<Host, View>(ports.host, {
    requests: {
      double: n => n * 2,
      page: ({ from, count }) => Promise.resolve(Array<string>(count).fill(from)),
      hang: (_, signal) => {
        hangSignals.push(signal)
        return new Promise<string>(() => undefined)
      },
      ...changes,
    },
    events: {
      paused: value => heard.push(['paused', value]),
      closing: value => heard.push(['closing', value]),
    },
  })
  const view = openChannel<View, Host>(ports.view, {
    requests: { focusedRow: () => undefined },
    events: { reading: value => heard.push(['reading', value]) },
  })
  return { heard, hangSignals, ports, host, view }
}

const turns = async () => {
  for (let i = 0; i < 5; i++) await Promise.resolve()
}

const code = (expected: string) => (error: unknown) =>
  error instanceof ProblemError && error.problem.code === expected

describe('a channel', () => {
  it('answers requests, several at once, each with its own result', async () => {
    const { view } = connect()
    const answers = Promise.all([
      view.request('double', 21),
      view.request('page', { from: '9007199254740993', count: 2 }),
      view.request('double', 1),
    ])
    assert.deepEqual(await answers, [42, ['9007199254740993', '9007199254740993'], 2])
  })

  it('works both ways and carries undefined', async () => {
    const { host } = connect()
    assert.equal(await host.request('focusedRow'), undefined)
  })

  it('carries events one way', async () => {
    const { host, view, heard } = connect()
    view.send('paused', true)
    view.send('closing')
    host.send('reading', { lag: '12' })
    await turns()
    assert.deepEqual(heard, [
      ['paused', true],
      ['closing', undefined],
      ['reading', { lag: '12' }],
    ])
  })

  const failures: [string, () => number | Promise<number>, object][] = [
    [
      'a problem travels back whole',
      () => {
        throw new ProblemError({ code: 'refused', message: 'No one listens.', advice: 'Start it.' })
      },
      { code: 'refused', message: 'No one listens.', advice: 'Start it.' },
    ],
    [
      'any other error travels back with its text',
      () => Promise.reject(new Error('boom')),
      { code: 'unexpected', message: 'boom' },
    ],
  ]
  for (const [title, double, problem] of failures) {
    it(title, async () => {
      const { view } = connect({ double })
      await assert.rejects(view.request('double', 1), error => {
        assert(error instanceof ProblemError)
        assert.deepEqual(error.problem, problem)
        return true
      })
    })
  }

  it('says that a request is unknown, also when its name is one of Object', async () => {
    const { ports } = connect()
    ports.view.post({ kind: 'request', id: 1, name: 'constructor' })
    await turns()
    assert.deepEqual(
      ports.host.sent.map(m => (m as { problem: { code: string } }).problem.code),
      ['unknown-request'],
    )
  })

  it('rejects all that is pending on dispose, and what is asked afterwards', async () => {
    const { view } = connect()
    const waiting = [view.request('hang'), view.request('hang')]
    view.dispose()
    view.dispose()
    for (const one of waiting) await assert.rejects(one, code('closed'))
    await assert.rejects(view.request('double', 1), code('closed'))
  })

  it('aborts what it is answering on dispose and posts nothing more', async () => {
    const { host, view, hangSignals, ports } = connect()
    void view.request('hang').catch(() => undefined)
    await turns()
    host.dispose()
    assert.deepEqual(
      hangSignals.map(signal => signal.aborted),
      [true],
    )
    host.send('reading', { lag: '1' })
    await turns()
    assert.deepEqual(ports.host.sent, [])
  })

  it('cancels: the asker rejects at once, the answerer hears it, a late answer is dropped', async () => {
    const { view, hangSignals } = connect()
    const controller = new AbortController()
    const waiting = view.request('hang', undefined, { signal: controller.signal })
    await turns()
    controller.abort()
    await assert.rejects(waiting, code('cancelled'))
    await turns()
    assert.deepEqual(
      hangSignals.map(signal => signal.aborted),
      [true],
    )
    await assert.rejects(
      view.request('double', 1, { signal: controller.signal }),
      code('cancelled'),
    )
  })

  it('rejects a request that cannot be posted', async () => {
    const port: Port = {
      post: () => {
        throw new TypeError('Do not know how to serialize a BigInt')
      },
      onMessage: new Emitter<unknown>().event,
    }
    const view = openChannel<View, Host>(port, {
      requests: { focusedRow: () => 'a' },
      events: { reading: () => undefined },
    })
    await assert.rejects(view.request('double', 1), /BigInt/)
  })

  it('answers with a failure when the result cannot be posted', async () => {
    const { view } = connect({ double: () => 1n as unknown as number })
    await assert.rejects(view.request('double', 1), /BigInt/)
  })

  it('of a page that was loaded anew does not take an answer for its predecessor', async () => {
    const { ports } = connect()
    const next = openChannel<View, Host>(
      ports.view,
      { requests: { focusedRow: () => 'a' }, events: { reading: () => undefined } },
      1000,
    )
    const waiting = next.request('hang')
    ports.host.post({ kind: 'result', id: 1, result: 'not yours' })
    await turns()
    next.dispose()
    await assert.rejects(waiting, code('closed'))
  })

  it('ignores what is not ours', async () => {
    const { ports, host, heard } = connect()
    const strange = [
      null,
      1,
      'text',
      {},
      { kind: 'event' },
      { kind: 'event', name: 'nobody' },
      { kind: 'result' },
      { kind: 'result', id: 99, result: 1 },
      { kind: 'failure', id: 1 },
      { kind: 'request', name: 'double' },
      { kind: 'other', id: 1 },
    ]
    for (const message of strange) ports.view.post(message)
    await turns()
    assert.deepEqual([heard, ports.host.sent], [[], []])
    assert.equal(await host.request('focusedRow'), undefined)
  })
})

describe('a contract', () => {
  it('with a bigint in it does not compile', () => {
    interface Bad {
      requests: { lag: () => { total: bigint } }
      events: object
    }
    const port: Port = { post: () => undefined, onMessage: new Emitter<unknown>().event }
    openChannel<Bad, View>(port, {
      // @ts-expect-error offsets cross as decimal strings
      requests: { lag: () => ({ total: 1n }) },
      events: {},
    }).dispose()
    interface BadEvent {
      requests: object
      events: { lag: { total: bigint } }
    }
    // @ts-expect-error offsets cross as decimal strings
    openChannel<BadEvent, View>(port, { requests: {}, events: { lag: () => undefined } }).dispose()
  })
})

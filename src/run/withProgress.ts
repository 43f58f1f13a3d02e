/** How something that runs tells what it does. */
export interface Telling<Told> {
  /** Does not wait. */
  readonly tell: (told: Told) => void
  /** Resolves when whoever listens has done with it, or listens no more. */
  readonly handOver: (told: Told) => Promise<void>
}

interface Item<Told> {
  readonly told: Told
  readonly taken?: () => void
}

/**
 * Runs something that tells how far it is, and yields what it tells as it comes; what it resolves
 * with is returned. Nothing that was told is lost but what `replaces` says: where two wait that were
 * told one after the other, the later one may stand for both, so that a slow listener has few.
 */
export async function* withProgress<Told, Result>(
  run: (telling: Telling<Told>) => Promise<Result>,
  replaces: (later: Told, earlier: Told) => boolean = () => false,
): AsyncGenerator<Told, Result> {
  const waiting: Item<Told>[] = []
  let [done, left] = [false, false]
  let wake: () => void = () => undefined
  const put = (item: Item<Told>) => {
    const last = waiting.at(-1)
    if (last && !last.taken && replaces(item.told, last.told)) waiting.pop()
    waiting.push(item)
    wake()
  }
  const running = run({
    tell: told => put({ told }),
    handOver: told => {
      if (left) return Promise.resolve()
      const { promise, resolve } = Promise.withResolvers<undefined>()
      put({ told, taken: () => resolve(undefined) })
      return promise
    },
  }).finally(() => {
    done = true
    wake()
  })
  // It is awaited below; until then a failure must not count as unhandled.
  running.catch(() => undefined)
  let item: Item<Told> | undefined
  try {
    for (;;) {
      item = waiting.shift()
      if (item) yield item.told
      else if (done) return await running
      else await new Promise<void>(resolve => (wake = resolve))
      item?.taken?.()
    }
  } finally {
    left = true
    for (const each of [item, ...waiting]) each?.taken?.()
    waiting.length = 0
  }
}

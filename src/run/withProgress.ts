/**
 * Runs something that tells how far it is, and yields what it tells as it comes; what it resolves
 * with is returned. Nothing that was told is lost.
 */
export async function* withProgress<Told, Result>(
  run: (tell: (told: Told) => void) => Promise<Result>,
): AsyncGenerator<Told, Result> {
  const state = { waiting: [] as Told[], done: false, wake: () => undefined }
  const running = run(told => {
    state.waiting.push(told)
    state.wake()
  }).finally(() => {
    state.done = true
    state.wake()
  })
  // It is awaited below; until then a failure must not count as unhandled.
  running.catch(() => undefined)
  for (;;) {
    const told = state.waiting
    state.waiting = []
    yield* told
    if (state.waiting.length > 0) continue
    if (state.done) return running
    const { promise, resolve } = Promise.withResolvers<undefined>()
    state.wake = () => {
      resolve(undefined)
      return undefined
    }
    await promise
  }
}

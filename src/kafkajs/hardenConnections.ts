import RequestQueue from 'kafkajs/src/network/requestQueue/index.js'

let done = false

/** Applies what a connection needs, once: who has no use for kafkajs's consumer need not load it. */
export function hardenConnections(): void {
  if (done) return
  done = true
  checkTargets([
    { of: RequestQueue.prototype, method: 'scheduleCheckPendingRequests' },
    { of: RequestQueue.prototype, method: 'checkPendingRequests' },
  ])
  stopIdleLoop()
}

export interface PatchTarget {
  readonly of: object
  readonly method: string
}

/** Throws when something that a patch replaces or relies on is not there. */
export function checkTargets(targets: readonly PatchTarget[]): void {
  const missing = targets
    .filter(({ of, method }) => typeof Reflect.get(of, method) !== 'function')
    .map(({ method }) => method)
  if (missing.length === 0) return
  throw new Error(`This is not kafkajs 2.2.4: ${missing.join(', ')} cannot be patched.`)
}

const PENDING_CHECK_MS = 10

/**
 * From the first answer on, every connection runs a timer of 1 ms for ever, and Node 24 warns about
 * its negative delay (kafkajs issues 1556 and 1751). A timer is needed only while a request waits.
 */
function stopIdleLoop(): void {
  RequestQueue.prototype.scheduleCheckPendingRequests = function () {
    if (this.throttleCheckTimeoutId || this.pending.length === 0) return
    const delay = Math.max(this.throttledUntil - Date.now(), PENDING_CHECK_MS)
    this.throttleCheckTimeoutId = setTimeout(() => {
      this.throttleCheckTimeoutId = null
      this.checkPendingRequests()
    }, delay)
  }
}

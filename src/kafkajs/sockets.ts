import type { EventEmitter } from 'node:events'
import { connect as connectPlain, isIP, type OnReadOpts, type Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { nodeTls } from './nodeTls.ts'

/** What kafkajs hands to a socket factory, for the address that a broker advertises. */
export interface SocketRequest {
  readonly host: string
  readonly port: number
  readonly ssl?: ConnectionOptions | boolean
  readonly onConnect: () => void
}

const KEEP_ALIVE_DELAY_MS = 60_000

/**
 * Opens the socket of one broker connection, with what kafkajs leaves out:
 *
 * - kafkajs does not listen to `close`, so that a stream that closes without an end would leave its
 *   requests waiting; a close is told as an end.
 * - kafkajs calls `unref` again and again on a socket that is gone, and each call adds a listener
 *   (`MaxListenersExceededWarning` while a broker is down); a gone socket ignores it.
 * - With `onread` the socket writes what it receives where that says, and emits no `data`.
 * - An open socket does not keep the process alive: what waits for an answer has a timer that does.
 */
export function openSocket(
  { host, port, ssl, onConnect }: SocketRequest,
  onread?: OnReadOpts,
): Socket {
  const socket = ssl
    ? nodeTls().connect(
        {
          host,
          port,
          ...(onread && { onread }),
          ...(isIP(host) ? {} : { servername: host }),
          ...(typeof ssl === 'object' ? ssl : {}),
        },
        onConnect,
      )
    : connectPlain({ host, port, ...(onread && { onread }) }, onConnect)
  socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS)
  socket.setNoDelay(true)
  tellCloseAsEnd(socket)
  ignoreUnrefWhenGone(socket)
  socket.unref()
  return socket
}

/** A socket that closes without having ended emits `end` first. */
export function tellCloseAsEnd(socket: EventEmitter): void {
  let ended = false
  socket.once('end', () => (ended = true))
  socket.once('error', () => (ended = true))
  socket.once('close', () => {
    if (!ended) socket.emit('end')
  })
}

/** `unref` on a socket without a handle waits for a connection that will never come. */
export function ignoreUnrefWhenGone(socket: Socket): void {
  const unref = socket.unref.bind(socket)
  socket.unref = () => (socket.destroyed ? socket : unref())
}

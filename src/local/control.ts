import type { Socket } from 'node:net'
import type { Problem } from '../base/problem.ts'
import { eachLine } from './processes.ts'

/** What the supervisor's Kafka is doing. */
export type LocalState =
  | { readonly kind: 'starting'; readonly message: string }
  | {
      readonly kind: 'running'
      readonly version: string
      readonly bootstrapServers: string
      /** What runs it: `Java 17`, `Docker`. */
      readonly by: string
      /** Whether the sample clients run. */
      readonly sample: boolean
    }
  | { readonly kind: 'stopping' }
  /** It is gone; `problem` says why if nobody asked for it. */
  | { readonly kind: 'stopped'; readonly problem?: Problem }

/** From a client to the supervisor. Nothing is heard before a right `hello`. */
export type Request =
  | { readonly type: 'hello'; readonly token: string }
  /** Stop now, whoever else is there. */
  | { readonly type: 'stop' }
  /** Give up starting if nobody else waits for it. */
  | { readonly type: 'cancel' }
  /** Start the sample clients if they do not run. */
  | { readonly type: 'sample' }

/** From the supervisor to every client. */
export type Report =
  | { readonly type: 'state'; readonly state: LocalState }
  | { readonly type: 'log'; readonly line: string }

export function send(socket: Socket, message: Request | Report): void {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`)
}

/** Calls back for every message of the other side; what is not JSON ends the connection. */
export function receive(socket: Socket, onMessage: (message: unknown) => void): void {
  eachLine(socket, line => {
    let message: unknown
    try {
      message = JSON.parse(line)
    } catch {
      socket.destroy()
      return
    }
    onMessage(message)
  })
}

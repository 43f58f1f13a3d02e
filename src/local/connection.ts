import { connect, type Socket } from 'node:net'
import { receive, send, type LocalState, type Report } from './control.ts'
import type { SupervisorState } from './stateFile.ts'

/** A supervisor that lives answers at once; under load, within this many milliseconds. */
const ANSWER = 5000

/** An open connection to a supervisor, as long as which its Kafka is kept. */
export interface SupervisorConnection {
  readonly socket: Socket
  /** What it was doing when it answered. */
  readonly state: LocalState
}

/**
 * Says hello to the supervisor of a state file. `undefined` when it does not answer as one: it is
 * gone, and its process id and port may be another program's by now.
 */
export function reachSupervisor(
  { port, token }: SupervisorState,
  onReport: (report: Report) => void,
): Promise<SupervisorConnection | undefined> {
  return new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port })
    let answered = false
    const settle = (connection: SupervisorConnection | undefined) => {
      if (answered) return
      answered = true
      clearTimeout(deadline)
      if (!connection) socket.destroy()
      resolve(connection)
    }
    const deadline = setTimeout(() => settle(undefined), ANSWER)
    socket.once('connect', () => send(socket, { type: 'hello', token }))
    socket.on('error', () => settle(undefined))
    socket.on('close', () => settle(undefined))
    receive(socket, message => {
      const report = reportOf(message)
      if (!report) return
      onReport(report)
      if (report.type === 'state') settle({ socket, state: report.state })
    })
  })
}

/** Another program may answer anything. */
function reportOf(message: unknown): Report | undefined {
  if (typeof message !== 'object' || message === null || !('type' in message)) return undefined
  if (message.type === 'state' && 'state' in message) return message as Report
  return message.type === 'log' && 'line' in message ? (message as Report) : undefined
}

import { randomInt } from 'node:crypto'
import { connect, createServer } from 'node:net'

/** Kafka's own port. */
export const KAFKA_PORT = 9092

/**
 * Below what systems hand out to outgoing connections (from 32768 on Linux, from 49152 elsewhere):
 * a port from up there can be taken by any client between being found free and being listened on.
 */
const LOWEST = 20_000
const HIGHEST = 32_000

/** Free loopback ports, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>()
  while (ports.size < count) {
    const port = randomInt(LOWEST, HIGHEST)
    if (!ports.has(port) && (await isFree(port))) ports.add(port)
  }
  return [...ports]
}

/**
 * Whether a broker could listen on this port of the loopback interface, and clients that ask for
 * `localhost` would reach it: nothing answers there by IPv4 or IPv6. Asked by connecting too,
 * because some systems let a program bind 127.0.0.1 beside one that holds every address.
 */
export async function isFree(port: number): Promise<boolean> {
  const answers = await Promise.all([answered('127.0.0.1', port), answered('::1', port)])
  if (answers.includes(true)) return false
  try {
    const server = await listen(port)
    await new Promise(resolve => server.close(resolve))
    return true
  } catch {
    return false
  }
}

function listen(port: number) {
  return new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => resolve(server))
  })
}

function answered(host: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host, port, timeout: 1000 })
    const finish = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => finish(true))
    socket.once('error', () => finish(false))
    socket.once('timeout', () => finish(false))
  })
}

import { connect, createServer, type Socket } from 'node:net'

const PRODUCE = 0

/** Stands between a client and a broker, and loses answers: the connection breaks off instead. */
export interface LossyProxy {
  /** How many of the next answers to Produce requests are lost. */
  lose(count: number): void
  readonly lost: number
  close(): Promise<void>
}

/** Listens at the same port as the broker, on another address of this machine. */
export async function lossyProxy(host: string, broker: string): Promise<LossyProxy> {
  const [brokerHost = '', port = ''] = broker.split(':')
  const sockets = new Set<Socket>()
  let toLose = 0
  let lost = 0
  const server = createServer(client => {
    const upstream = connect(Number(port), brokerHost)
    const produced = new Set<number>()
    const end = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', end)
    }
    frames(client, frame => {
      if (frame.readInt16BE(4) === PRODUCE) produced.add(frame.readInt32BE(8))
      upstream.write(frame)
    })
    frames(upstream, frame => {
      if (toLose > 0 && produced.has(frame.readInt32BE(4))) {
        toLose--
        lost++
        end()
      } else {
        client.write(frame)
      }
    })
  })
  await new Promise<void>(resolve => server.listen(Number(port), host, resolve))
  return {
    lose: count => (toLose = count),
    get lost() {
      return lost
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
}

/** Whole requests or answers, each with its length in front. */
function frames(socket: Socket, deliver: (frame: Buffer) => void): void {
  let pending = Buffer.alloc(0)
  socket.on('data', chunk => {
    pending = Buffer.concat([pending, chunk])
    while (pending.length >= 4 && pending.length >= 4 + pending.readInt32BE(0)) {
      const frame = pending.subarray(0, 4 + pending.readInt32BE(0))
      pending = pending.subarray(frame.length)
      deliver(frame)
    }
  })
}

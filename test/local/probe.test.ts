import assert from 'node:assert/strict'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { isFree } from '../../src/local/ports.ts'
import { probeMetadata } from '../../src/local/probe.ts'

/** Metadata v1: three brokers are announced; what follows is not read. */
function answer(correlation: Buffer): Buffer {
  const body = Buffer.alloc(12)
  correlation.copy(body)
  body.writeInt32BE(3, 4)
  const size = Buffer.alloc(4)
  size.writeInt32BE(body.length)
  return Buffer.concat([size, body])
}

describe('asking a broker whether it serves', () => {
  const servers: Server[] = []
  const sockets = new Set<Socket>()

  async function serverThat(onRequest: (socket: Socket, request: Buffer) => void) {
    const server = createServer(socket => {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('data', request => onRequest(socket, request))
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    servers.push(server)
    return { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
  }

  after(() => {
    for (const socket of sockets) socket.destroy()
    for (const server of servers) server.close()
  })

  const patient = () => AbortSignal.timeout(5000)

  it('resolves with the number of brokers, also when the answer comes in pieces', async () => {
    const address = await serverThat((socket, request) => {
      const bytes = answer(request.subarray(8, 12))
      socket.setNoDelay()
      socket.write(bytes.subarray(0, 3))
      setImmediate(() => socket.write(bytes.subarray(3)))
    })
    assert.equal(await probeMetadata(address, patient()), 3)
  })

  it('asks by Metadata version 1', async () => {
    let asked: Buffer = Buffer.alloc(0)
    const address = await serverThat((socket, request) => {
      asked = request
      socket.end()
    })
    await assert.rejects(probeMetadata(address, patient()))
    assert.deepEqual(
      [asked.readInt32BE(0), asked.readInt16BE(4), asked.readInt16BE(6)],
      [asked.length - 4, 3, 1],
    )
  })

  it('rejects what is no answer of Kafka', async () => {
    const address = await serverThat(socket => socket.write('\u0000\u0000\u0000\u0009HTTP/1.1 400'))
    await assert.rejects(probeMetadata(address, patient()), /not one of a Kafka broker/)
  })

  it('rejects when the signal aborts before an answer comes', async () => {
    const over = new AbortController()
    const address = await serverThat(() => over.abort())
    await assert.rejects(probeMetadata(address, over.signal), /did not answer in time/)
  })

  it('rejects when nobody listens, and says whether a port is free', async () => {
    const address = await serverThat(() => undefined)
    assert.equal(await isFree(address.port), false)
    const server = servers.pop()
    await new Promise(resolve => server?.close(resolve))
    assert.equal(await isFree(address.port), true)
    await assert.rejects(probeMetadata(address, patient()), /ECONNREFUSED/)
  })
})

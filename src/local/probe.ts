import { connect } from 'node:net'

export interface Address {
  readonly host: string
  readonly port: number
}

/**
 * Asks a broker whether it serves. Resolves with the number of brokers that it knows; rejects while
 * it does not answer.
 */
export type Probe = (address: Address, signal: AbortSignal) => Promise<number>

const METADATA = 3
const CORRELATION = 0x6b61666b

/**
 * A Metadata request (version 1, no topic) over a plain socket: the smallest question that only a
 * broker which serves can answer. For plaintext listeners without SASL.
 */
export const probeMetadata: Probe = (address, signal) =>
  new Promise((resolve, reject) => {
    const socket = connect({ ...address })
    let received = Buffer.alloc(0)
    const finish = (settle: () => void) => {
      signal.removeEventListener('abort', onAbort)
      socket.destroy()
      settle()
    }
    const fail = (error: Error) => finish(() => reject(error))
    const onAbort = () => fail(new Error(`${address.host}:${address.port} did not answer in time`))
    signal.addEventListener('abort', onAbort)
    if (signal.aborted) onAbort()
    socket.once('connect', () => socket.write(metadataRequest()))
    socket.once('error', fail)
    socket.once('close', () => fail(new Error('the connection was closed before an answer came')))
    socket.on('data', chunk => {
      received = Buffer.concat([received, chunk])
      if (received.length < 4 || received.length < 4 + received.readInt32BE(0)) return
      if (received.length >= 12 && received.readInt32BE(4) === CORRELATION) {
        const brokers = received.readInt32BE(8)
        finish(() => resolve(brokers))
      } else fail(new Error('the answer is not one of a Kafka broker'))
    })
  })

/** Length, header v1 (api key, version, correlation id, client id), and an empty list of topics. */
function metadataRequest(): Buffer {
  const clientId = Buffer.from('kafka-workbench-local')
  const request = Buffer.alloc(4 + 8 + 2 + clientId.length + 4)
  request.writeInt32BE(request.length - 4, 0)
  request.writeInt16BE(METADATA, 4)
  request.writeInt16BE(1, 6)
  request.writeInt32BE(CORRELATION, 8)
  request.writeInt16BE(clientId.length, 12)
  clientId.copy(request, 14)
  request.writeInt32BE(0, 14 + clientId.length)
  return request
}

import type { Socket } from 'node:net'

/** Where the correlation id stands in a request: behind its length, and the API and its version. */
const CORRELATION_AT = 8
const LENGTH_BYTES = 4

/**
 * Records on their way past kafkajs, which copies a request twice into buffers that grow: it gets
 * the first part of a long request only, and what it writes of it is followed by the others.
 */
export class LongRequests {
  readonly #rest = new Map<number, readonly Uint8Array[]>()

  /** The part of a request that kafkajs is to write. */
  begin([first = EMPTY, ...rest]: readonly Uint8Array[], correlationId: number): Buffer {
    if (rest.length > 0) this.#rest.set(correlationId, rest)
    return Buffer.from(first.buffer, first.byteOffset, first.length)
  }

  /** Completes what is written to a socket from now on. */
  writeTo(socket: Socket): void {
    const write = socket.write.bind(socket)
    const writeAll = (data: Buffer | string, encoding: BufferEncoding) => {
      const rest = typeof data === 'string' ? undefined : this.#take(data)
      if (!rest || typeof data === 'string') return write(data, encoding)
      const length = rest.reduce((sum, part) => sum + part.length, data.length - LENGTH_BYTES)
      data.writeInt32BE(length)
      socket.cork()
      write(data)
      const isDrained = rest.map(part => write(part)).every(Boolean)
      socket.uncork()
      return isDrained
    }
    Object.defineProperty(socket, 'write', { value: writeAll, configurable: true, writable: true })
  }

  #take(request: Buffer): readonly Uint8Array[] | undefined {
    if (this.#rest.size === 0 || request.length < CORRELATION_AT + LENGTH_BYTES) return undefined
    const correlationId = request.readInt32BE(CORRELATION_AT)
    const rest = this.#rest.get(correlationId)
    this.#rest.delete(correlationId)
    return rest
  }
}

const EMPTY = new Uint8Array()

import { createServer, type AddressInfo, type Socket } from 'node:net'
import { Writer } from '../../src/kafkajs/protocol/wire.ts'

export interface FakeRequest {
  readonly key: number
  readonly version: number
  /** What follows the header. */
  readonly body: Buffer
}

/** What a fake broker does with a request: answers, says nothing, or hangs up. */
export type Reaction = Buffer | 'silence' | 'hang up'

export interface FakeBroker {
  readonly port: number
  readonly requests: readonly FakeRequest[]
  readonly connections: number
  /** Sends what was held back by `silence`, in a new answer to the oldest such request. */
  release(answer: Buffer): void
  close(): Promise<void>
}

/** A server that frames requests and answers as Kafka does; what it says is up to the test. */
export async function fakeBroker(react: (request: FakeRequest) => Reaction): Promise<FakeBroker> {
  const sockets = new Set<Socket>()
  const requests: FakeRequest[] = []
  const held: ((answer: Buffer) => void)[] = []
  let connections = 0
  const server = createServer(socket => {
    connections++
    sockets.add(socket)
    socket.on('error', () => undefined)
    let pending = Buffer.alloc(0)
    socket.on('data', chunk => {
      pending = Buffer.concat([pending, chunk])
      while (pending.length >= 4 && pending.length >= 4 + pending.readInt32BE(0)) {
        const frame = pending.subarray(4, 4 + pending.readInt32BE(0))
        pending = pending.subarray(4 + frame.length)
        handle(socket, frame)
      }
    })
  })

  function handle(socket: Socket, frame: Buffer): void {
    const clientId = Math.max(frame.readInt16BE(8), 0)
    const request = {
      key: frame.readInt16BE(0),
      version: frame.readInt16BE(2),
      body: frame.subarray(10 + clientId),
    }
    requests.push(request)
    const correlation = frame.subarray(4, 8)
    const send = (answer: Buffer) => {
      const head = Buffer.alloc(4)
      head.writeInt32BE(4 + answer.length)
      socket.write(Buffer.concat([head, correlation, answer]))
    }
    const reaction = react(request)
    if (reaction === 'hang up') socket.destroy()
    else if (reaction === 'silence') held.push(send)
    else send(reaction)
  }

  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    get connections() {
      return connections
    },
    release: answer => held.shift()?.(answer),
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
}

/** An ApiVersions answer in version 0; of newer versions only this form with error 35 is right. */
export function versionsAnswer(
  ranges: readonly (readonly [key: number, min: number, max: number])[],
  errorCode = 0,
): Buffer {
  const writer = new Writer()
  writer.int16(errorCode)
  writer.int32(ranges.length)
  for (const range of ranges) for (const number of range) writer.int16(number)
  return writer.bytes()
}

/** A Metadata answer in version 4: these brokers; each topic has one partition, led by broker 1. */
export function metadataAnswer(
  brokers: readonly (readonly [id: number, host: string, port: number])[],
  topics: readonly string[] = [],
): Buffer {
  const writer = new Writer()
  const text = (value: string) => {
    writer.int16(value.length)
    writer.raw(Buffer.from(value))
  }
  writer.int32(0)
  writer.int32(brokers.length)
  for (const [id, host, port] of brokers) {
    writer.int32(id)
    text(host)
    writer.int32(port)
    writer.int16(-1)
  }
  text('cluster')
  writer.int32(-1)
  writer.int32(topics.length)
  for (const topic of topics) {
    writer.int16(0)
    text(topic)
    writer.int8(0)
    writer.int32(1)
    writer.int16(0)
    const [index, leader, noReplicas, noneInSync] = [0, 1, 0, 0]
    for (const number of [index, leader, noReplicas, noneInSync]) writer.int32(number)
  }
  return writer.bytes()
}

/** A Produce answer in version 3, for partition 0 of a topic. */
export function producedAnswer(topic: string, errorCode: number, baseOffset: bigint): Buffer {
  const writer = new Writer()
  writer.int32(1)
  writer.int16(topic.length)
  writer.raw(Buffer.from(topic))
  writer.int32(1)
  writer.int32(0)
  writer.int16(errorCode)
  writer.int64(baseOffset)
  writer.int64(-1n)
  writer.int32(0)
  return writer.bytes()
}

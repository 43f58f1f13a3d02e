import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { LongRequests } from '../../src/kafkajs/longRequests.ts'
import { Produce } from '../../src/kafkajs/protocol/produce.ts'

/** A request as kafkajs writes it: its length, API, version, correlation id, and a payload. */
function framed(correlationId: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(12)
  head.writeInt32BE(8 + payload.length, 0)
  head.writeInt32BE(correlationId, 8)
  return Buffer.concat([head, payload])
}

describe('a long request', () => {
  it('is written whole, in the order of the writes, its records uncopied', async () => {
    const records = Buffer.alloc(100_000, 7)
    const topicData = [{ name: 't', partitionData: [{ index: 0, records }] }]
    const body = { transactionalId: null, acks: -1, timeoutMs: 1, topicData }
    const parts = Produce.encodeParts(9, body)
    assert.ok(parts.includes(records))
    const whole = Produce.encode(9, body)
    assert.deepEqual(Buffer.concat(parts), whole)

    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    const [peer] = (await once(server, 'connection')) as [NodeJS.ReadableStream]
    const requests = new LongRequests()
    requests.writeTo(socket)
    const short = Buffer.from('short')
    const first = requests.begin(parts, 5)
    socket.write(framed(4, requests.begin([short], 4)))
    socket.write(framed(5, first))
    socket.write(framed(6, short))
    socket.end()
    const received: Buffer[] = []
    for await (const chunk of peer) received.push(chunk as unknown as Buffer)
    assert.deepEqual(
      Buffer.concat(received),
      Buffer.concat([framed(4, short), framed(5, whole), framed(6, short)]),
    )
    server.close()
  })
})

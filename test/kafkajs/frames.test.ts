import assert from 'node:assert/strict'
import fc from 'fast-check'
import { frameReader } from '../../src/kafkajs/frames.ts'

/** What is delivered when the bytes arrive in pieces of these sizes, the last one again and again. */
function deliver(bytes: Buffer, pieces: readonly number[]): Buffer[] {
  const frames: Buffer[] = []
  const socket = frameReader(frame => frames.push(frame))
  const room = () => (typeof socket.buffer === 'function' ? socket.buffer() : socket.buffer)
  let position = 0
  for (let piece = 0; position < bytes.length; piece++) {
    const next = room()
    const size = Math.min(pieces[piece] ?? pieces.at(-1) ?? 1, next.length, bytes.length - position)
    next.set(bytes.subarray(position, position + size))
    position += size
    socket.callback(size, next)
  }
  return frames
}

function frame(length: number, fill: number): Buffer {
  const bytes = Buffer.alloc(4 + length, fill)
  bytes.writeInt32BE(length)
  return bytes
}

describe('the answers cut out of what a socket receives', () => {
  it('are the same, however they arrive', () => {
    const lengths = fc.array(fc.oneof(fc.nat(40), fc.integer({ min: 65_000, max: 300_000 })), {
      maxLength: 6,
    })
    const pieces = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.nat(100_000)), {
      minLength: 1,
      maxLength: 30,
    })
    fc.assert(
      fc.property(lengths, pieces, (sizes, arriving) => {
        const frames = sizes.map((size, index) => frame(size, index + 1))
        const delivered = deliver(
          Buffer.concat(frames),
          arriving.map(size => size + 1),
        )
        assert.equal(delivered.length, frames.length)
        for (const [index, one] of frames.entries())
          assert.ok(one.equals(delivered[index] ?? one.subarray(1)))
      }),
      { numRuns: 60 },
    )
  })

  it('own their buffers, which can move to another thread', () => {
    for (const answer of deliver(Buffer.concat([frame(10, 1), frame(200_000, 2)]), [1000])) {
      assert.equal(answer.buffer.byteLength, answer.length)
      structuredClone(answer.buffer, { transfer: [answer.buffer as ArrayBuffer] })
    }
  })

  it('are not waited for where no answer can be so long', () => {
    const page = Buffer.from('HTTP/1.1 400 Bad Request')
    assert.deepEqual(deliver(page, [page.length]), [page])
  })
})

import type { OnReadOpts } from 'node:net'

/** Answers that fit into this are copied out of it; longer ones the socket writes in place. */
const STAGE_BYTES = 64 * 1024
/** No broker answers more at once (it keeps to what a fetch asks for): this is no answer. */
const MAX_FRAME_BYTES = 256 * 1024 * 1024
const LENGTH_BYTES = 4

/**
 * Cuts what a socket receives into whole answers, each with its length before it (four bytes), in a
 * buffer of its own. A long answer is received right into its buffer: its bytes are never copied,
 * where Node's streams and kafkajs would copy each of them twice. What cannot be an answer is handed
 * on as it comes.
 */
export function frameReader(deliver: (frame: Buffer) => void): OnReadOpts {
  const stage = Buffer.allocUnsafeSlow(STAGE_BYTES)
  let staged = 0
  let frame: Buffer | undefined
  let filled = 0

  const received = (count: number) => {
    if (!frame) {
      staged += count
      cutStage()
      return
    }
    filled += count
    if (filled < frame.length) return
    const whole = frame
    frame = undefined
    deliver(whole)
  }

  const cutStage = () => {
    let start = 0
    while (staged - start >= LENGTH_BYTES) {
      const length = LENGTH_BYTES + stage.readInt32BE(start)
      if (length < LENGTH_BYTES || length > MAX_FRAME_BYTES) {
        deliver(copy(stage, start, staged))
        start = staged
        break
      }
      const end = Math.min(start + length, staged)
      if (end < start + length && start + length > STAGE_BYTES) {
        frame = Buffer.allocUnsafeSlow(length)
        filled = stage.copy(frame, 0, start, staged)
        start = staged
        break
      }
      if (end < start + length) break
      deliver(copy(stage, start, end))
      start = end
    }
    stage.copyWithin(0, start, staged)
    staged -= start
  }

  return {
    buffer: () => frame?.subarray(filled) ?? stage.subarray(staged),
    callback: count => {
      received(count)
      return true
    },
  }
}

/** Not out of Node's pool, which could not move to another thread. */
function copy(bytes: Buffer, start: number, end: number): Buffer {
  const copied = Buffer.allocUnsafeSlow(end - start)
  bytes.copy(copied, 0, start, end)
  return copied
}

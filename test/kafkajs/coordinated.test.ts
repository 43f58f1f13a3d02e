import assert from 'node:assert/strict'
import { whenCoordinated } from '../../src/kafkajs/coordinated.ts'

describe('a group without a coordinator', () => {
  const loading = { problem: { code: 'COORDINATOR_LOAD_IN_PROGRESS', message: 'It loads.' } }
  const { signal } = new AbortController()

  for (const last of [
    { offset: 1 },
    { problem: { code: 'GROUP_ID_NOT_FOUND', message: 'None.' } },
  ]) {
    it(`is asked for again until it has one: ${JSON.stringify(last)}`, async () => {
      const answers = [
        [loading, last],
        [last, last],
      ]
      const asked = () => Promise.resolve(answers.shift() ?? [])
      assert.deepEqual(await whenCoordinated(asked, signal), [last, last])
      assert.equal(answers.length, 0)
    })
  }

  it('is not waited for when nobody wants to know any more', async () => {
    const stop = new AbortController()
    const asked = () => {
      stop.abort(new Error('Enough.'))
      return Promise.resolve([loading])
    }
    await assert.rejects(whenCoordinated(asked, stop.signal), { message: 'Enough.' })
  })
})

import assert from 'node:assert/strict'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { silentLog } from '../../src/base/log.ts'
import { openClient } from '../../src/kafkajs/client.ts'
import { ListGroups } from '../../src/kafkajs/protocol/groups.ts'
import { fakeBroker, versionsAnswer } from '../kafkajs/fakeBroker.ts'

const NO_GROUPS = Buffer.from('000000000000', 'hex')

describe("the reader's connections", function () {
  this.timeout(20_000)

  it('do not keep an answer in memory that nobody holds', async () => {
    const known = [
      [3, 0, 4],
      [16, 0, 0],
      [18, 0, 0],
    ] as const
    const broker = await fakeBroker(({ key, version }) =>
      key === 18 ? versionsAnswer(known, version === 0 ? 0 : 35) : NO_GROUPS,
    )
    const bootstrapServers = [`127.0.0.1:${broker.port}`]
    const client = openClient({ bootstrapServers, clientId: 'test' }, silentLog)
    try {
      const answers: WeakRef<object>[] = []
      for (let count = 0; count < 5; count++) {
        answers.push(new WeakRef(await client.send('any', ListGroups, {})))
      }
      await new Promise(resolve => setTimeout(resolve, 1))
      setFlagsFromString('--expose-gc')
      const collectGarbage = runInNewContext('gc') as () => void
      collectGarbage()
      // The last one may still be on the stack of whoever handed it on.
      assert.deepEqual(
        answers.slice(0, -1).map(answer => answer.deref()),
        [undefined, undefined, undefined, undefined],
      )
    } finally {
      client.close()
      await broker.close()
    }
  })
})

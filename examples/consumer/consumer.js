// A consumer to debug.
//
// 1. Set a breakpoint on `console.log` below and press F5 ("Debug the example consumer").
// 2. At each stop the line above shows the lag of this group, and what was produced and
//    committed since the last stop. Hover the text for the partitions.
// 3. The lens above `kafka.consumer(…)` opens the lag panel.
//
// Stay at a breakpoint for longer than the session timeout, and the group goes on without you.

import { setTimeout as sleep } from 'node:timers/promises'
import { Kafka } from 'kafkajs'

const brokers = (process.env.KAFKA_BOOTSTRAP_SERVERS || 'localhost:9092').split(',')
const kafka = new Kafka({ clientId: 'examples-consumer', brokers })

const consumer = kafka.consumer({ groupId: 'examples-consumer', sessionTimeout: 30_000 })

await consumer.connect()
await consumer.subscribe({ topic: 'orders', fromBeginning: true })
await consumer.run({
  // After every record, so that the lag follows each step. At work commit less often.
  autoCommitThreshold: 1,
  eachMessage: async ({ topic, partition, message }) => {
    const order = JSON.parse(message.value?.toString() ?? '{}')
    const shown = `${topic}-${partition} @ ${message.offset}: ${order.id} ${order.status}`
    // Stop on the next line:
    console.log(shown)
    await sleep(100)
  },
})

// Leaves the group on the way out: a member that just vanishes keeps its partitions until its
// session times out, and the next run waits that long. "killBehavior": "polite" in launch.json
// lets the Stop button send this signal.
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, async () => {
    await consumer.disconnect()
    process.exit(0)
  })
}

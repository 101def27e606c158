import { createProducer } from '@longshore/core'
import { describe, expect, it } from 'vitest'

import { pause } from '../contract/endpoint.js'
import { TIMEOUT_MS, until, useWorkerStage } from './worker-stage.js'
import type { Message, TestQueue } from './worker-stage.js'

const GROUPS = ['a', 'b', 'c', 'd', 'e']
const PER_GROUP = 12

// A message that is handed back overtakes the one before it on LocalStack (a known difference, see the contract suite): a
// worker cannot keep an order that its queue does not keep.
const overtakes = process.env.LONGSHORE_CONTRACT_TARGET === 'localstack'

describe('workers on a FIFO queue over the real SDK', { timeout: TIMEOUT_MS }, () => {
  const stage = useWorkerStage()

  it.skipIf(overtakes)(
    'handle groups side by side and each in its order, through failures and a stop',
    async () => {
      const queue = await stage.queue({ FifoQueue: 'true', ContentBasedDeduplication: 'true' })
      await sendGroups(queue)
      const done = new Map(GROUPS.map((group): [string, number[]] => [group, []]))
      const failed = new Set<number>()
      let running = 0
      let peak = 0
      const handler = async (
        { id }: Message,
        { groupId = '' }: { groupId: string | undefined },
      ): Promise<void> => {
        running += 1
        peak = Math.max(peak, running)
        await pause(20)
        running -= 1
        if (id % 7 === 3 && !failed.has(id)) {
          failed.add(id)
          throw new Error('fails once')
        }
        done.get(groupId)?.push(id)
      }
      const options = { concurrency: 3, retry: { base: '1s', cap: '1s' } } as const
      const first = queue.worker(handler, options)
      const second = queue.worker(handler, options)
      await Promise.all([first.start(), second.start()])
      await until(() => first.stats().done + second.stats().done >= 10)
      await first.stop()
      await until(() => first.stats().done + second.stats().done === GROUPS.length * PER_GROUP)
      await second.stop()

      for (const [index, group] of GROUPS.entries()) {
        expect(done.get(group)).toEqual(Array.from({ length: PER_GROUP }, (_, place) => index * 100 + place))
      }
      expect(failed.size).toBeGreaterThan(0)
      expect(peak).toBeGreaterThan(1)
      await queue.countsBecome({ visible: 0, inFlight: 0, delayed: 0 })
    },
  )
})

async function sendGroups(queue: TestQueue): Promise<void> {
  const producer = createProducer(queue.definition)
  for (let place = 0; place < PER_GROUP; place += 1) {
    for (const [index, group] of GROUPS.entries())
      await producer.send({ id: index * 100 + place }, { groupId: group })
  }
  await producer.close()
}

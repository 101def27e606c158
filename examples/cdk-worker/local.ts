// Sends a hundred pictures to the worker, as a task of a local ECS.
import { createProducer, defineQueue } from '@longshore/core'
import { onThisMachine } from '@longshore/example-stage'
import { thumbnails } from './queue.js'

const PICTURES = 100

await onThisMachine({ queue: 'thumbnails' }, async (stage) => {
  const producer = createProducer(defineQueue({ url: stage.queueUrl, message: thumbnails.message }))
  await Promise.all(
    Array.from({ length: PICTURES }, (_, index) => producer.send({ picture: `${index}.jpg` })),
  )
  await producer.close()
  stage.say(`Sent ${PICTURES} pictures.`)

  await stage.startService({
    file: new URL('worker.js', import.meta.url),
    environment: { HEALTH_PORT: '0' },
  })
  await stage.until('the queue is empty', async () => (await stage.count(stage.queueUrl)) === 0)
  const dead = await stage.count(stage.deadLetterUrl)
  if (dead !== 0) throw new Error(`${dead} dead letters, where there should be none.`)
  stage.say('A thumbnail of each. `npx cdk deploy` in examples/cdk-worker makes it so in an account.')
})

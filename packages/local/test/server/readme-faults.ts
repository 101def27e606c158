import { startLocalAws } from '@longshore/local'

const aws = await startLocalAws({ seed: 1 })
const lost = aws.faults.add({ operation: 'DeleteMessageBatch', effect: 'lost-answer', probability: 0.1 })
const late = aws.faults.add({ queue: 'documents', effect: 'slow', delay: '2s', count: 3 })

// What is tested runs here.

// fault 1: operation=DeleteMessageBatch effect=lost-answer probability=0.1 seed=2871 (12 hits)
if (lost.hits > 0) process.stdout.write(`${String(lost)}\n`)
late.remove()
await aws.reset()
await aws.close()

import type { undiciTransport } from '@longshore/core/undici'
import type { Meter, Workload } from '../meter.js'

/** Starts to consume; tells the meter of every delete. Its process ends when the last has been told. */
export type Client = (workload: Workload, meter: Meter) => void

export type Transport = ReturnType<typeof undiciTransport>

/** Each loads its own library and no other. */
export const clients = {
  longshore: async () => (await import('./longshore.js')).longshore(),
  'longshore, undici': async () => (await import('./longshore.js')).longshore(await undici()),
  "longshore's port": async () => (await import('./bare-port.js')).barePort(),
  "longshore's port, undici": async () => (await import('./bare-port.js')).barePort(await undici()),
  'sqs-consumer, defaults': async () => (await import('./sqs-consumer.js')).sqsConsumer({}),
  'sqs-consumer, batchSize 10': async () =>
    (await import('./sqs-consumer.js')).sqsConsumer({ batchSize: 10 }),
  'sqs-consumer, handleMessageBatch': async () => (await import('./sqs-consumer.js')).sqsConsumerBatch,
  'squiss-ts': async () => (await import('./squiss.js')).squiss,
  'bare SDK loop': async () => (await import('./bare-sdk.js')).bareSdk,
} as const satisfies Record<string, () => Promise<Client>>

export type ClientName = keyof typeof clients

async function undici(): Promise<Transport> {
  return (await import('@longshore/core/undici')).undiciTransport()
}

export type { QueueReading } from './sqs/queue-reading.js'

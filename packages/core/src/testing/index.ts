// `@longshore/core/testing`: what users' tests need; nothing here is reachable from index.ts.
export { manualClock } from './manual-clock.js'
export type { ManualClock } from './manual-clock.js'
export { memoryQueue } from './memory-queue.js'
export type { MemoryQueue, MemoryQueueOptions, PutOptions, StoredMessage } from './memory-queue.js'
export { memoryIdempotencyStore } from './memory-idempotency.js'
export type { MemoryIdempotencyStore } from './memory-idempotency.js'
export type { Call, Fault, Intercept } from './faults.js'

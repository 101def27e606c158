// `@longshore/core/testing`: what users' tests need; nothing here is reachable from index.ts.
export { manualClock } from './manual-clock.js'
export type { ManualClock } from './manual-clock.js'

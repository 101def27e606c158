// `@longshore/core/time`: durations and clocks, free of any SDK, so that the scaler and the local AWS share them.
export { DURATION_EXPECTED, durationMs, isDuration } from './duration.js'
export type { Duration } from './duration.js'
export { scaledClock, sleep, systemClock, wallClock } from './clock.js'
export type { Clock } from './clock.js'

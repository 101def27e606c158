import type { ManualClock } from '../src/testing/index.js'

// Far past any wait in these tests; a promise that outlives it hangs.
const MOST_STEPS = 100_000
const STEP_MS = 10

/** Lets virtual time pass until the promise settles, and settles as it does. */
export async function passTime<T>(clock: ManualClock, promise: Promise<T>): Promise<T> {
  const wait = { isOver: false }
  const end = (): void => {
    wait.isOver = true
  }
  promise.then(end, end)
  for (let steps = 0; !wait.isOver; steps += 1) {
    if (steps === MOST_STEPS) throw new Error('The promise does not settle, however much time passes.')
    await clock.advance(STEP_MS)
  }
  return await promise
}

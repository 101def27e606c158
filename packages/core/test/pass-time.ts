import type { ManualClock } from '../src/testing/index.js'

// Far past any wait in these tests; a promise that outlives it hangs.
const MOST_STEPS = 100_000
const STEP_MS = 10

/** Lets virtual time pass until the promise settles, and settles as it does. */
export async function passTime<T>(clock: ManualClock, promise: Promise<T>): Promise<T> {
  const isOver = watched(promise)
  for (let steps = 0; !isOver(); steps += 1) {
    if (steps === MOST_STEPS) throw new Error('The promise does not settle, however much time passes.')
    await clock.advance(STEP_MS)
  }
  return await promise
}

/** As {@link passTime}, but no faster than real time: other threads compress meanwhile. */
export async function passRealTime<T>(clock: ManualClock, promise: Promise<T>): Promise<T> {
  const isOver = watched(promise)
  while (!isOver()) {
    await clock.advance(1)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  return await promise
}

function watched(promise: Promise<unknown>): () => boolean {
  let isOver = false
  const end = (): void => {
    isOver = true
  }
  promise.then(end, end)
  return () => isOver
}

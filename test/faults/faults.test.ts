// A few runs of each promise; `npm run test:faults` makes a hundred thousand. A failure prints its seed and path;
// LONGSHORE_SEED=<seed> runs it again.
import * as fc from 'fast-check'
import { it } from 'vitest'
import { holds, PROPERTIES } from './properties.js'

const RUNS = 40

it.each(PROPERTIES)('$name', async (property) => {
  await fc.assert(
    fc.asyncProperty(property.plans, (plan) => holds(property, plan)),
    { numRuns: RUNS },
  )
})

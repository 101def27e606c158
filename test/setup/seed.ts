// Property tests run on one seed, so that a run can be repeated and a change is judged by what it changes.
// LONGSHORE_SEED=<n> takes another one, LONGSHORE_SEED=random a new one each time; a failure prints the seed it ran on.
import { configureGlobal } from 'fast-check'

const DEFAULT_SEED = 20_261_122
const given = process.env.LONGSHORE_SEED

if (given !== 'random') configureGlobal({ seed: given === undefined ? DEFAULT_SEED : Number(given) })

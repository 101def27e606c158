import { ARRAYS } from './arrays.js'
import { IF } from './conditional.js'
import { FILL } from './fill.js'
import { FROM_TIME } from './from-time.js'
import type { MathFunction } from './math-function.js'
import { POINTWISE } from './pointwise.js'
import { REDUCTIONS } from './reductions.js'

export const FUNCTIONS: ReadonlyMap<string, MathFunction> = new Map(
  Object.entries({ ...POINTWISE, ...REDUCTIONS, ...ARRAYS, ...FROM_TIME, IF, FILL }),
)

/** Functions of CloudWatch that look beyond the metrics of the request, and so beyond the model. */
export const UNSUPPORTED_FUNCTIONS: ReadonlySet<string> = new Set([
  'ANOMALY_DETECTION_BAND',
  'DB_PERF_INSIGHTS',
  'INSIGHT_RULE_METRIC',
  'LAMBDA',
  'SEARCH',
  'SERVICE_QUOTA',
])

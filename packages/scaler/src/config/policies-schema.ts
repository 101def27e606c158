import { z } from 'zod'
import { isAlarmPeriod } from './limits.js'
import {
  anyDuration,
  flag,
  list,
  metricName,
  namespace,
  object,
  oneOf,
  positive,
  positiveDuration,
  text,
  wholeNumber,
} from './parts.js'
import type { PoliciesConfig } from './scaling-config.js'

const tracked = {
  scaleIn: flag.optional(),
  cooldowns: object({ scaleOut: anyDuration.optional(), scaleIn: anyDuration.optional() }).optional(),
}

const percent = positive('a number above 0 and at most 100', 100)
const utilization = object({ target: percent, highResolution: flag.optional(), ...tracked })

// PredefinedMetricSpecification: the tails of the load balancer's ARN and of the target group's.
const resourceLabel = text(
  "'app/<load balancer>/<id>/targetgroup/<target group>/<id>'",
  /^app\/[^/]+\/[^/]+\/targetgroup\/[^/]+\/[^/]+$/,
)

const number = z.number({ error: 'a number' })

const steps = object({
  name: text('a name of 1 to 40 lower-case letters, digits and -', /^[a-z0-9-]{1,40}$/),
  metric: object({
    namespace,
    name: metricName,
    dimensions: z.record(z.string(), z.string(), { error: 'an object of names and values' }).optional(),
    statistic: oneOf(['Average', 'Maximum', 'Minimum', 'Sum', 'SampleCount']),
  }),
  period: anyDuration.refine(isAlarmPeriod, { error: "'10s', '20s', '30s' or whole minutes" }),
  when: oneOf(['above', 'below']),
  datapoints: wholeNumber(1).optional(),
  of: wholeNumber(1).optional(),
  missing: oneOf(['notBreaching', 'breaching', 'ignore', 'missing']).optional(),
  change: oneOf(['tasks', 'percent', 'exactly']).optional(),
  least: wholeNumber(1).optional(),
  // 20: Application Auto Scaling quotas.
  steps: list(object({ at: number, by: number.int({ error: 'a whole number' }) }), 'steps')
    .min(1, { error: '1 to 20 steps' })
    .max(20, { error: '1 to 20 steps' }),
  cooldown: anyDuration.optional(),
})

/** The shape of {@link PoliciesConfig}. */
export const policiesSchema: z.ZodType<PoliciesConfig> = object({
  cpu: utilization.optional(),
  memory: utilization.optional(),
  requests: object({ target: positive('a number above 0'), resourceLabel, ...tracked }).optional(),
  predictive: object({
    metric: oneOf(['cpu', 'memory', 'requests']),
    target: positive('a number above 0'),
    resourceLabel: resourceLabel.optional(),
    mode: oneOf(['ForecastOnly', 'ForecastAndScale']).optional(),
    buffer: positiveDuration.optional(),
    maxCapacityBuffer: wholeNumber(0, 100).optional(),
  }).optional(),
  steps: list(steps, 'step policies').optional(),
})

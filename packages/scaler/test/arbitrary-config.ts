// Random configurations that are right, of every strategy and kind of policy.
import * as fc from 'fast-check'
import type { PoliciesConfig, ServiceConfig } from '../src/index.js'
import { thumbnails } from './services.js'

const LABEL = 'app/web/50dc6c495c0c9188/targetgroup/web/943f017f100becff'
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })

const utilization = fc.record({
  target: fc.integer({ min: 1, max: 100 }),
  highResolution: maybe(fc.boolean()),
  scaleIn: maybe(fc.boolean()),
})

const steps = fc
  .record({
    name: fc.constantFrom('age', 'errors', 'night'),
    when: fc.constantFrom('above', 'below'),
    period: fc.constantFrom('10s', '30s', '60s', '5m'),
    change: fc.constantFrom('tasks', 'percent', 'exactly'),
    marks: fc.uniqueArray(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1, maxLength: 20 }),
    by: fc.nat(50),
    missing: maybe(fc.constantFrom('breaching', 'ignore', 'missing', 'notBreaching')),
  })
  .map((random) => {
    const { marks, by, ...config } = random
    const ascending = marks.toSorted((one, other) => one - other)
    const ordered = config.when === 'above' ? ascending : ascending.toReversed()
    const metric = { namespace: 'Own', name: 'Pressure', dimensions: { Queue: 'a' }, statistic: 'Maximum' }
    return Object.assign(config, { metric, steps: ordered.map((at, index) => ({ at, by: by + index })) })
  })

const policies = fc.record({
  cpu: maybe(utilization),
  memory: maybe(utilization),
  requests: maybe(
    fc.record({ target: fc.integer({ min: 1, max: 5_000 }), resourceLabel: fc.constant(LABEL) }),
  ),
  predictive: maybe(
    fc.record({
      metric: fc.constantFrom('cpu', 'memory'),
      target: fc.integer({ min: 1, max: 100 }),
      mode: maybe(fc.constantFrom('ForecastOnly', 'ForecastAndScale')),
      maxCapacityBuffer: maybe(fc.nat(100)),
    }),
  ),
  steps: fc.uniqueArray(steps, { maxLength: 3, selector: ({ name }) => name }),
})

const schedule = fc.record({
  name: fc.constantFrom('mornings', 'nights', 'sales'),
  times: fc.constantFrom(
    { when: 'cron(0 8 ? * MON-FRI *)' },
    { when: 'cron(0 8 ? * MON-FRI *)', start: '2030-11-20T00:00:00.5Z', end: '2030-12-01T00:00:00+01:00' },
    { when: 'rate(12 hours)', end: '2030-11-20T00:00:00Z' },
    { when: 'at(2030-01-31T06:00:00)' },
  ),
  timezone: maybe(fc.constantFrom('Europe/Berlin', 'America/New_York')),
  min: maybe(fc.nat(5)),
  max: fc.integer({ min: 60, max: 90 }),
})

const strategy = fc.oneof(
  fc.constantFrom(
    {},
    { strategy: 'targetTracking', targetTracking: { metric: 'math' } },
    { strategy: 'ladder', ladder: { period: '20s', outDatapoints: 2 } },
    { strategy: 'ladder' },
    { strategy: 'controller' },
  ),
)

/** A service of one name, so that one configuration takes the place of another. */
export const configs: fc.Arbitrary<ServiceConfig> = fc
  .record({
    min: fc.nat(5),
    more: fc.integer({ min: 1, max: 300 }),
    concurrency: fc.integer({ min: 1, max: 200 }),
    meanMs: fc.integer({ min: 1, max: 600_000 }),
    waitFactor: fc.integer({ min: 1, max: 1_000 }),
    queues: fc.integer({ min: 1, max: 3 }),
    strategy,
    policies: maybe(policies),
    schedules: maybe(
      fc
        .uniqueArray(schedule, { maxLength: 3, selector: ({ name }) => name })
        .map((all) => all.map(({ times, ...rest }) => ({ ...rest, ...times }))),
    ),
    suspended: maybe(fc.record({ scaleOut: maybe(fc.boolean()), scaleIn: maybe(fc.boolean()) })),
    fallback: maybe(fc.boolean()),
  })
  .map((random) => {
    const { min, more, concurrency, meanMs, waitFactor, queues, strategy: chosen, ...rest } = random
    const { queue: _, ...base } = thumbnails
    return Object.assign({ ...base }, chosen as Partial<ServiceConfig>, {
      queues: Array.from({ length: queues }, (_, index) => ({ name: `thumbnails-${index}` })),
      tasks: { min, max: min + more + 5, concurrency },
      handling: { mean: `${meanMs}ms` },
      objective: { wait: { p99: `${meanMs * waitFactor}ms` } },
      policies: rest.policies as PoliciesConfig | undefined,
      schedules: rest.schedules,
      suspended: rest.suspended,
      fallback: rest.fallback,
    })
  })

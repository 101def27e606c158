import { expect, it } from 'vitest'

import type { AlarmMetric } from '../../src/index.js'
import { alarmMetricsProblem } from '../../src/index.js'

const metric = (id: string, isReturned = false): AlarmMetric => ({ id, isReturned })
const expression = (text: string, isReturned = true, id = 'e1'): AlarmMetric => ({
  id,
  expression: text,
  isReturned,
})
const many = <Each>(count: number, make: (index: number) => Each): Each[] =>
  Array.from({ length: count }, (_, index) => make(index))

it.each([
  ['an expression over two metrics', [expression('m1 / m2'), metric('m1'), metric('m2')], undefined],
  ['a metric alone', [metric('m1', true)], undefined],
  ['nothing', [], 'Exactly one element of the metrics list should return data.'],
  [
    'two that return data',
    [expression('m1 * 2'), metric('m1', true)],
    'Exactly one element of the metrics list should return data.',
  ],
  [
    'eleven metrics',
    [expression('SUM(METRICS())'), ...many(11, (index) => metric(`m${index}`))],
    'Too many metrics in alarm, maximum is 10',
  ],
  [
    'ten metrics and ten expressions',
    [
      ...many(10, (index) => metric(`m${index}`)),
      ...many(10, (index) => expression('m1 * 2', index === 0, `e${index}`)),
    ],
    undefined,
  ],
  [
    'eleven expressions',
    [metric('m1'), ...many(11, (index) => expression('m1 * 2', index === 0, `e${index}`))],
    'Too many expressions in alarm, maximum is 10',
  ],
  [
    'an array of series',
    [expression('METRICS() * 2'), metric('m1')],
    'Metrics expression that return multi time series are only allowed for MetricsInsights expression with an ORDER BY clause',
  ],
  [
    'an array on the way to one series',
    [expression('METRICS() * 2', false, 'all'), expression('MAX(all)'), metric('m1')],
    undefined,
  ],
  ['SEARCH', [expression("SUM(SEARCH('{Jobs}', 'Sum'))")], 'SEARCH is not supported on Metric Alarms.'],
  [
    'a broken expression',
    [expression('m1 +'), metric('m1')],
    "Error in expression 'e1': Invalid syntax: the expression ends here (at position 5)",
  ],
] as const)('an alarm on %s', (_, metrics, problem) => {
  expect(alarmMetricsProblem(metrics)).toBe(problem)
})

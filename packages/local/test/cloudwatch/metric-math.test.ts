import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { MetricDataQuery, MetricDataResult } from '@aws-sdk/client-cloudwatch'

import type { ExpectedResult, MathCase } from '../../../model/test/golden/metric-math-cases.js'
import { metricMathCases } from '../../../model/test/golden/metric-math-cases.js'
import type { LocalCloudWatch } from './local-cloudwatch.js'
import { startCloudWatch } from './local-cloudwatch.js'

const cases = metricMathCases()

let local: LocalCloudWatch

const metricQuery = (Id: string, Period = 60): MetricDataQuery => ({
  Id,
  MetricStat: { Metric: { Namespace: 'Golden', MetricName: Id }, Period, Stat: 'Sum' },
  ReturnData: false,
})

async function publish(golden: MathCase) {
  const MetricData = [...golden.points].flatMap(([MetricName, points]) =>
    points.flatMap(({ timestampMs, value: Value }) =>
      Value === undefined
        ? []
        : [{ MetricName, Value, Timestamp: new Date(timestampMs), StorageResolution: 1 }],
    ),
  )
  if (MetricData.length > 0) await local.client.putMetricData({ Namespace: 'Golden', MetricData })
}

async function evaluate({ grid, queries }: MathCase): Promise<readonly MetricDataResult[]> {
  const { MetricDataResults = [] } = await local.client.getMetricData({
    MetricDataQueries: queries.map(({ id, expression }) =>
      expression === undefined
        ? metricQuery(id, grid.periodSeconds)
        : { Id: id, Expression: expression, Period: grid.periodSeconds },
    ),
    StartTime: new Date(grid.startMs),
    EndTime: new Date(grid.endMs),
    ScanBy: 'TimestampAscending',
  })
  return MetricDataResults
}

/** As the golden table writes it: one value a period, `-` where there is none. */
function write(result: MetricDataResult | undefined, { grid }: MathCase): string {
  const values = new Map(result?.Timestamps?.map((time, at) => [time.getTime(), result.Values?.[at]]))
  const periods = Math.ceil((grid.endMs - grid.startMs) / (grid.periodSeconds * 1_000))
  return Array.from(
    { length: periods },
    (_, at) => values.get(grid.startMs + at * grid.periodSeconds * 1_000) ?? '-',
  ).join(' ')
}

function writeAs(expected: ExpectedResult, results: readonly MetricDataResult[], golden: MathCase): unknown {
  if (typeof expected === 'string') return results.map((result) => write(result, golden)).join()
  // Series of an array are labelled by the expression and by what they come from.
  return results.map((result) => [result.Label?.split(' ')[1], write(result, golden)])
}

describe('the server evaluates what the model evaluates', () => {
  afterEach(() => local.close())

  it.each(cases)('$rule: $name', async (golden) => {
    local = await startCloudWatch({ startMs: golden.grid.endMs, parameters: golden.parameters })
    await publish(golden)
    if (golden.expected === undefined) {
      await expect(evaluate(golden)).rejects.toMatchObject({
        name: 'ValidationException',
        message: expect.stringContaining(golden.message ?? '') as string,
      })
      return
    }
    const results = await evaluate(golden)
    for (const [id, expected] of Object.entries(golden.expected)) {
      const found = writeAs(
        expected,
        results.filter((result) => result.Id === id),
        golden,
      )
      expect(found, id).toEqual(typeof expected === 'string' ? expected : Object.entries(expected))
    }
  })
})

describe('GetMetricData with expressions', () => {
  beforeEach(async () => (local = await startCloudWatch()))
  afterEach(() => local.close())

  const data = (MetricDataQueries: MetricDataQuery[], more = {}) =>
    local.client.getMetricData({
      MetricDataQueries,
      StartTime: new Date(local.clock.now()),
      EndTime: new Date(local.clock.now() + 300_000),
      ...more,
    })
  const put = (valuesByMetric: Record<string, number>) =>
    local.client.putMetricData({
      Namespace: 'Golden',
      MetricData: Object.entries(valuesByMetric).map(([MetricName, Value]) => ({ MetricName, Value })),
    })

  it('answers in the order of the queries, whichever refer to which, and leaves out what is not returned', async () => {
    await put({ a: 6, b: 3 })
    const { MetricDataResults = [], Messages } = await data([
      { Id: 'twice', Expression: 'ratio * 2', Label: 'twice as much' },
      { Id: 'ratio', Expression: 'a / b' },
      { ...metricQuery('a'), ReturnData: true, Label: 'of orders' },
      metricQuery('b'),
    ])
    expect(
      MetricDataResults.map(({ Id, Label, Values, StatusCode }) => [Id, Label, Values, StatusCode]),
    ).toEqual([
      ['twice', 'twice as much', [4], 'Complete'],
      ['ratio', 'ratio', [2], 'Complete'],
      ['a', 'of orders', [6], 'Complete'],
    ])
    expect(Messages).toEqual([])
  })

  it('gives a series of its own to each of an array, labelled by both', async () => {
    await put({ a: 6, b: 3 })
    const { MetricDataResults } = await data([
      { Id: 'all', Expression: 'METRICS() * 10', Label: 'ten' },
      { ...metricQuery('a'), Label: 'A' },
      metricQuery('b'),
    ])
    expect(MetricDataResults?.map(({ Id, Label, Values }) => [Id, Label, Values])).toEqual([
      ['all', 'ten A', [60]],
      ['all', 'ten b', [30]],
    ])
  })

  it('evaluates expressions of different periods side by side, but none over several', async () => {
    await put({ a: 6, b: 3 })
    const queries = [metricQuery('a'), metricQuery('b', 300)]
    const { MetricDataResults } = await data([
      ...queries,
      { Id: 'x', Expression: 'FILL(a, 0)' },
      { Id: 'y', Expression: 'FILL(b, 0)' },
    ])
    expect(MetricDataResults?.map(({ Values }) => Values)).toEqual([[0, 0, 0, 0, 6], [3]])
    await expect(data([...queries, { Id: 'z', Expression: 'a + b' }])).rejects.toThrow(
      'Expression z over metrics of different periods (60 and 300 seconds) is not supported yet',
    )
  })

  it('needs a period where an expression names no metric', async () => {
    const constant = { Id: 'one', Expression: 'TIME_SERIES(1)' }
    await expect(data([constant])).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Period must not be null',
    })
    const { MetricDataResults } = await data([{ ...constant, Period: 60 }])
    expect(MetricDataResults?.[0]?.Values).toEqual([1, 1, 1, 1, 1])
  })

  it('gives no token where there are expressions, and says which results are cut', async () => {
    const page = await data([{ Id: 'one', Expression: 'TIME_SERIES(1)', Period: 60 }], { MaxDatapoints: 2 })
    expect(page).toMatchObject({ MetricDataResults: [{ Values: [1, 1], StatusCode: 'PartialData' }] })
    expect(page.NextToken).toBeUndefined()
  })

  it('refuses functions that look beyond the request, by name', async () => {
    await expect(data([{ Id: 'all', Expression: "SEARCH('{Golden}', 'Sum')" }])).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('SEARCH of metric math is not supported yet') as string,
    })
  })
})

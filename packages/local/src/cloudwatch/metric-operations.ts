import type { Clock } from '@longshore/core/time'
import type { ModelParameters } from '@longshore/model'

import type { Input } from '../server/input.js'
import type { Operation } from '../server/service.js'
import { getMetricData } from './get-metric-data.js'
import { getMetricStatistics } from './get-metric-statistics.js'
import { inputOf } from './input.js'
import { writeDimensions } from './metric-identity.js'
import type { MetricStore } from './metric-store.js'
import { pageFor } from './paging.js'
import { readMetricData } from './put-metric-data.js'

export interface MetricTools {
  readonly store: MetricStore
  readonly clock: Clock
  readonly parameters: ModelParameters
}

const LIST_PAGE_SIZE = { max: 500 }
/** `RecentlyActive: PT3H` is the only value there is. */
const RECENTLY_ACTIVE_MS = 3 * 3_600_000

/** PutMetricData and the three ways to read what it stored. */
export function metricOperations(tools: MetricTools): Readonly<Record<string, Operation>> {
  const { store, clock } = tools
  return {
    PutMetricData: (members) => {
      for (const datum of readMetricData(inputOf(members), clock.now())) store.record(datum)
    },
    GetMetricStatistics: (members) => getMetricStatistics(inputOf(members), store, clock.now()),
    GetMetricData: (members) => getMetricData(inputOf(members), { ...tools, nowMs: clock.now() }),
    ListMetrics: (members) => listMetrics(inputOf(members), store),
  }
}

function listMetrics(input: Input, store: MetricStore): unknown {
  const namespace = input.string('Namespace')
  const metricName = input.string('MetricName')
  const filters = (input.objects('Dimensions') ?? []).map((filter) => ({
    name: filter.requiredString('Name'),
    value: filter.string('Value'),
  }))
  const isRecent = input.choice('RecentlyActive', ['PT3H']) !== undefined
  const listed = store
    .list(isRecent ? RECENTLY_ACTIVE_MS : undefined)
    .filter(
      ({ identity }) =>
        (namespace === undefined || identity.namespace === namespace) &&
        (metricName === undefined || identity.metricName === metricName) &&
        filters.every(({ name, value }) =>
          identity.dimensions.some((it) => it.name === name && (value === undefined || it.value === value)),
        ),
    )
  const page = pageFor(listed, input, { keyOf: (metric) => metric.position, size: LIST_PAGE_SIZE })
  const metrics = page.items.map(({ identity }) => ({
    Namespace: identity.namespace,
    MetricName: identity.metricName,
    Dimensions: writeDimensions(identity.dimensions),
  }))
  return { Metrics: metrics, NextToken: page.nextToken }
}

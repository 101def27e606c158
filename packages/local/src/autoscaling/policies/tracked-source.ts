/**
 * What a target-tracking policy follows, from its configuration. Application Auto Scaling has no period for custom
 * metrics: it is 60 seconds, for every member of metric math too.
 */
import { alarmMetricsProblem } from '@longshore/model'

import type { AlarmSource } from '../../cloudwatch/alarm-config.js'
import type { MetricQuery } from '../../cloudwatch/metric-query.js'
import { parseStat } from '../../cloudwatch/stat.js'
import { validationError } from '../errors.js'
import type { ServiceResource } from '../resource.js'
import { predefinedSource } from './predefined-metrics.js'
import type {
  CustomizedMetric,
  TrackingConfiguration,
  TrackingMetricQuery,
} from './tracking-configuration.js'

const PERIOD_SECONDS = 60

/** The words of the refusals are those that AWS was seen to give (badmintoncryer/cdk-preflight), where they have been. */
export function trackedSource(configuration: TrackingConfiguration, resource: ServiceResource): AlarmSource {
  const { PredefinedMetricSpecification: predefined, CustomizedMetricSpecification: customized } =
    configuration
  const both = 'PredefinedMetricSpecification or CustomizedMetricSpecification'
  if (predefined !== undefined && customized !== undefined) {
    throw validationError(`Only one of ${both} can be set for target tracking scaling.`)
  }
  if (predefined !== undefined) return predefinedSource(predefined, resource)
  if (customized !== undefined) return customizedSource(customized)
  throw validationError(`${both} must be set for target tracking scaling.`)
}

function customizedSource(customized: CustomizedMetric): AlarmSource {
  const { Metrics, ...single } = customized
  if (Metrics === undefined) return singleSource(single)
  if (Object.values(single).some((member) => member !== undefined)) {
    throw validationError(
      'The customized metric specification is not valid. You can use a specification with metric math or a specification without metric math, but not a combination of both.',
    )
  }
  const queries = Metrics.map(metricQuery)
  if (new Set(queries.map(({ id }) => id)).size < queries.length) {
    throw validationError('The values for parameter Id in Metrics are not unique.')
  }
  const problem = alarmMetricsProblem(queries)
  if (problem !== undefined) throw validationError(problem)
  return { kind: 'math', queries }
}

function singleSource(single: CustomizedMetric): AlarmSource {
  const stat = required(single.Statistic, 'statistic')
  const metric = {
    namespace: required(single.Namespace, 'namespace'),
    metricName: required(single.MetricName, 'metricName'),
    dimensions: dimensionsOf(single.Dimensions),
  }
  return { kind: 'metric', metricStat: { metric, stat, unit: single.Unit, periodSeconds: PERIOD_SECONDS } }
}

function metricQuery(query: TrackingMetricQuery): MetricQuery {
  const { MetricStat: metricStat, Expression: expression } = query
  if ((metricStat === undefined) === (expression === undefined)) {
    throw validationError(`Metric ${query.Id} must have either an Expression or a MetricStat.`)
  }
  if (metricStat !== undefined && parseStat(metricStat.Stat) === undefined) {
    throw validationError(`The value ${metricStat.Stat} for parameter Stat is not supported.`)
  }
  return {
    id: query.Id,
    label: query.Label,
    isReturned: query.ReturnData ?? true,
    expression,
    metricStat: metricStat && {
      metric: {
        namespace: metricStat.Metric.Namespace,
        metricName: metricStat.Metric.MetricName,
        dimensions: dimensionsOf(metricStat.Metric.Dimensions),
      },
      stat: metricStat.Stat,
      unit: metricStat.Unit,
      periodSeconds: PERIOD_SECONDS,
    },
    periodSeconds: expression === undefined ? undefined : PERIOD_SECONDS,
    accountId: undefined,
  }
}

function dimensionsOf(
  dimensions: CustomizedMetric['Dimensions'] = [],
): readonly { readonly name: string; readonly value: string }[] {
  return dimensions.map(({ Name, Value }) => ({ name: Name, value: Value }))
}

function required<Value>(value: Value | undefined, member: string): Value {
  if (value !== undefined) return value
  const path = `targetTrackingScalingPolicyConfiguration.customizedMetricSpecification.${member}`
  throw validationError(
    `1 validation error detected: Value null at '${path}' failed to satisfy constraint: Member must not be null`,
  )
}

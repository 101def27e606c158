import type { LivePolicy, MetricIdentity, ScalableTarget, TargetTrackingPolicy } from '../aws/port.js'

/** A setting's value in a diff. */
export type FieldValue = string | number | boolean | undefined

/** A resource's settings, flat, in the order in which a diff shows them. */
export type Fields = Readonly<Record<string, FieldValue>>

/** A scalable target's settings. */
export function targetFields(target: ScalableTarget): Fields {
  return { minCapacity: target.minCapacity, maxCapacity: target.maxCapacity }
}

/** A planned policy's settings. */
export function policyFields(policy: TargetTrackingPolicy): Fields {
  const tracking = { ...policy, statistic: 'Average', unit: undefined }
  return livePolicyFields({ name: policy.name, type: 'TargetTrackingScaling', tracking, alarmNames: [] })
}

/** The same settings of a policy that exists, so that the two compare field by field. */
export function livePolicyFields({ type, tracking }: LivePolicy): Fields {
  return {
    policyType: type,
    metric: typeof tracking?.metric === 'object' ? metricText(tracking.metric) : tracking?.metric,
    statistic: tracking?.statistic,
    unit: tracking?.unit,
    targetValue: tracking?.targetValue,
    scaleOutCooldown: seconds(tracking?.scaleOutCooldownSeconds),
    scaleInCooldown: seconds(tracking?.scaleInCooldownSeconds),
    disableScaleIn: tracking?.disableScaleIn,
  }
}

/** A metric in one line: `Longshore/BacklogPerTask{ClusterName=media,ServiceName=thumbnails}`. */
export function metricText(metric: MetricIdentity): string {
  const dimensions = Object.entries(metric.dimensions)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
  return `${metric.namespace}/${metric.name}{${dimensions.join(',')}}`
}

function seconds(value: number | undefined): string | undefined {
  return value === undefined ? undefined : `${value}s`
}

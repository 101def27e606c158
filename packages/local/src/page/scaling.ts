import type { Entries, PolicyEntry, ServiceEntry } from './browser/page-state.js'
import type { Operations } from './operations.js'

const ECS = { ServiceNamespace: 'ecs' }

interface ScalableTarget {
  readonly ResourceId: string
  readonly MinCapacity: number
  readonly MaxCapacity: number
  readonly SuspendedState?: {
    readonly DynamicScalingInSuspended?: boolean
    readonly DynamicScalingOutSuspended?: boolean
    readonly ScheduledScalingSuspended?: boolean
  }
}

interface StepAdjustment {
  readonly MetricIntervalLowerBound?: number
  readonly MetricIntervalUpperBound?: number
  readonly ScalingAdjustment: number
}

interface ScalingPolicy {
  readonly PolicyARN: string
  readonly PolicyName: string
  readonly PolicyType: string
  readonly ResourceId: string
  readonly Alarms?: readonly { readonly AlarmName: string }[]
  readonly TargetTrackingScalingPolicyConfiguration?: {
    readonly TargetValue: number
    readonly DisableScaleIn?: boolean
    readonly ScaleOutCooldown?: number
    readonly ScaleInCooldown?: number
  }
  readonly StepScalingPolicyConfiguration?: {
    readonly AdjustmentType?: string
    readonly StepAdjustments?: readonly StepAdjustment[]
    readonly Cooldown?: number
  }
}

/** What auto scaling may do with each service, by `service/CLUSTER/NAME`. */
export async function readTargets(
  operations: Operations,
): Promise<ReadonlyMap<string, NonNullable<ServiceEntry['scaling']>>> {
  const targets = await operations.list<ScalableTarget>('autoscaling', 'DescribeScalableTargets', {
    items: 'ScalableTargets',
    token: 'NextToken',
    input: ECS,
  })
  return new Map(
    targets.map(({ ResourceId, MinCapacity, MaxCapacity, SuspendedState: suspended }) => [
      ResourceId,
      {
        min: MinCapacity,
        max: MaxCapacity,
        suspended: [
          ...(suspended?.DynamicScalingOutSuspended ? ['scale out'] : []),
          ...(suspended?.DynamicScalingInSuspended ? ['scale in'] : []),
          ...(suspended?.ScheduledScalingSuspended ? ['schedule'] : []),
        ],
      },
    ]),
  )
}

/** The policies by ARN, each with the alarms that set it off. */
export async function readPolicies(operations: Operations): Promise<Entries<PolicyEntry>> {
  const policies = await operations.list<ScalingPolicy>('autoscaling', 'DescribeScalingPolicies', {
    items: 'ScalingPolicies',
    token: 'NextToken',
    input: ECS,
  })
  return Object.fromEntries(
    policies.map((policy): [string, PolicyEntry] => [
      policy.PolicyARN,
      {
        arn: policy.PolicyARN,
        name: policy.PolicyName,
        service: policy.ResourceId,
        summary: summaryOf(policy),
        target: policy.TargetTrackingScalingPolicyConfiguration?.TargetValue,
        alarms: (policy.Alarms ?? []).map(({ AlarmName }) => AlarmName),
      },
    ]),
  )
}

function summaryOf(policy: ScalingPolicy): string {
  const { TargetTrackingScalingPolicyConfiguration: tracking, StepScalingPolicyConfiguration: steps } = policy
  if (tracking !== undefined) {
    const { TargetValue, DisableScaleIn, ScaleOutCooldown = 300, ScaleInCooldown = 300 } = tracking
    const scaleIn = DisableScaleIn === true ? 'never in' : `in after ${ScaleInCooldown} s`
    return `holds ${TargetValue}; out again after ${ScaleOutCooldown} s, ${scaleIn}`
  }
  if (steps === undefined) return policy.PolicyType
  const { AdjustmentType = 'ChangeInCapacity', StepAdjustments = [], Cooldown } = steps
  const cooldown = Cooldown === undefined ? '' : `; cooldown ${Cooldown} s`
  return `steps of ${AdjustmentType}: ${StepAdjustments.map(stepText).join(', ')}${cooldown}`
}

function stepText(step: StepAdjustment): string {
  const { MetricIntervalLowerBound: lower, MetricIntervalUpperBound: upper, ScalingAdjustment: by } = step
  const sign = by > 0 ? '+' : ''
  return `${lower ?? '−∞'} to ${upper ?? '∞'}: ${sign}${by}`
}

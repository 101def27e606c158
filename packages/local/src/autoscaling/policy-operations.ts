import type { MetricStat } from '../cloudwatch/metric-query.js'
import type { Operation } from '../server/service.js'
import { limitExceeded, notSupported, objectNotFound, validationError } from './errors.js'
import { readInput } from './input.js'
import { pageOf } from './paging.js'
import { readResource } from './resource.js'
import type { ScalableTarget } from './scalable-target.js'
import type { ScalableTargets } from './scalable-targets.js'
import { alarmNamesOf, putPolicy, writeAlarms, writePolicy } from './scaling-policy.js'
import type { PolicyTools } from './scaling-policy.js'
import { describePoliciesSchema, policySchema, putPolicySchema } from './requests.js'
import type { DescribePoliciesRequest, PolicyRequest, PutPolicyRequest } from './requests.js'
import type { TrackingConfiguration } from './tracking-configuration.js'
import { trackedMetric } from './tracked-metric.js'

export interface PolicyOperationTools extends PolicyTools {
  readonly targets: ScalableTargets
}

const MAX_POLICIES = 50
const MAX_RESULTS = 10

export function policyOperations(tools: PolicyOperationTools): Readonly<Record<string, Operation>> {
  return {
    PutScalingPolicy: (members) => put(readInput(putPolicySchema, members), tools),
    DescribeScalingPolicies: (members) => describe(readInput(describePoliciesSchema, members), tools),
    DeleteScalingPolicy: (members) => remove(readInput(policySchema, members), tools),
  }
}

function put(request: PutPolicyRequest, tools: PolicyOperationTools): unknown {
  const { PolicyName: name } = request
  const resource = readResource(request.ResourceId)
  const target = tools.targets.get(resource.resourceId, 'No scalable target registered')
  const existing = target.policies.get(name)
  const configuration = readConfiguration(request, existing !== undefined)
  const metric = trackedMetric(configuration, resource)
  checkRoom(target, name, metric)
  const policy = putPolicy({ name, resource, configuration, metric, existing }, tools)
  target.policies.set(name, policy)
  return { PolicyARN: policy.arn, Alarms: writeAlarms(policy) }
}

function readConfiguration(request: PutPolicyRequest, isUpdate: boolean): TrackingConfiguration {
  const type = request.PolicyType ?? (isUpdate ? 'TargetTrackingScaling' : undefined)
  if (type === undefined) throw validationError('PolicyType is required when a scaling policy is created.')
  if (type !== 'TargetTrackingScaling') {
    throw notSupported(`The policy type ${type}`, 'Use TargetTrackingScaling.')
  }
  const configuration = request.TargetTrackingScalingPolicyConfiguration
  if (configuration !== undefined) return configuration
  throw validationError(
    'TargetTrackingScalingPolicyConfiguration is required for the policy type TargetTrackingScaling.',
  )
}

/** Each target-tracking policy of a target needs a metric of its own. */
function checkRoom(target: ScalableTarget, name: string, metric: MetricStat): void {
  const others = [...target.policies.values()].filter((policy) => policy.name !== name)
  if (others.some((policy) => JSON.stringify(policy.metric) === JSON.stringify(metric))) {
    throw validationError(
      'Only one TargetTrackingScaling policy for a given metric specification is allowed.',
    )
  }
  if (others.length >= MAX_POLICIES) {
    throw limitExceeded(`A scalable target can have at most ${MAX_POLICIES} scaling policies.`)
  }
}

function describe(request: DescribePoliciesRequest, tools: PolicyOperationTools): unknown {
  const { ResourceId: resourceId, PolicyNames: names } = request
  const matching = tools.targets
    .list()
    .flatMap((target) => Array.from(target.policies.values()))
    .filter(
      (policy) =>
        (resourceId === undefined || policy.resourceId === resourceId) &&
        (names === undefined || names.includes(policy.name)),
    )
  const page = pageOf(matching, request, MAX_RESULTS)
  return { ScalingPolicies: page.items.map(writePolicy), NextToken: page.nextToken }
}

function remove(request: PolicyRequest, tools: PolicyOperationTools): unknown {
  const { resourceId } = readResource(request.ResourceId)
  const { PolicyName: name } = request
  const policies = tools.targets.find(resourceId)?.policies
  const policy = policies?.get(name)
  if (policy === undefined) {
    throw objectNotFound('No scaling policy found', resourceId, `, policy name: ${name}`)
  }
  tools.cloudWatch.deleteAlarms(alarmNamesOf(policy))
  policies?.delete(name)
  return {}
}

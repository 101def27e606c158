import type { Operation } from '../../server/service.js'
import { notSupported, objectNotFound } from '../errors.js'
import { readInput } from '../input.js'
import { pageFor } from '../paging.js'
import { readResource } from '../resource.js'
import type { ScalableTargets } from '../scalable-targets.js'
import { makePolicy } from './make-policy.js'
import { describePoliciesSchema, policySchema, putPolicySchema } from './policy-requests.js'
import type { DescribePoliciesRequest, PolicyRequest, PutPolicyRequest } from './policy-requests.js'
import type { PolicyTools } from './put-tracking-policy.js'
import { deleteAlarms, writeAlarms, writePolicy } from './scaling-policy.js'
import type { ScalingPolicy } from './scaling-policy.js'

export interface PolicyOperationTools extends PolicyTools {
  readonly targets: ScalableTargets
}

const PAGE_SIZE = 10

export function policyOperations(tools: PolicyOperationTools): Readonly<Record<string, Operation>> {
  return {
    PutScalingPolicy: (members) => put(readInput(putPolicySchema, members), tools),
    DescribeScalingPolicies: (members) => describe(readInput(describePoliciesSchema, members), tools),
    DeleteScalingPolicy: (members) => remove(readInput(policySchema, members), tools),
    GetPredictiveScalingForecast: () => {
      throw notSupported(
        'GetPredictiveScalingForecast (predictive policies are kept and described; nothing is forecast)',
        'Use target tracking, step scaling or scheduled actions.',
      )
    },
  }
}

function put(request: PutPolicyRequest, tools: PolicyOperationTools): unknown {
  const resource = readResource(request.ResourceId)
  const target = tools.targets.get(resource.resourceId, 'No scalable target registered')
  const existing = target.policies.get(request.PolicyName)
  const policy = makePolicy(request, { target, existing, tools })
  // A policy that was of another type leaves no alarms behind.
  if (existing !== undefined && existing.type !== policy.type) deleteAlarms(existing, tools.cloudWatch)
  target.policies.set(policy.name, policy)
  return { PolicyARN: policy.arn, Alarms: writeAlarms(policy, tools.cloudWatch) }
}

function describe(request: DescribePoliciesRequest, { targets, cloudWatch }: PolicyOperationTools): unknown {
  const { ResourceId: resourceId, PolicyNames: names } = request
  const matching = targets
    .list()
    .flatMap((target) => Array.from(target.policies.values()))
    .filter(
      (policy) =>
        (resourceId === undefined || policy.resourceId === resourceId) &&
        (names === undefined || names.includes(policy.name)),
    )
    .sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
  const page = pageFor(matching, request, { keyOf, defaultSize: PAGE_SIZE })
  const policies = page.items.map((policy) => writePolicy(policy, cloudWatch))
  return { ScalingPolicies: policies, NextToken: page.nextToken }
}

/** Neither part has line breaks. */
function keyOf({ resourceId, name }: ScalingPolicy): string {
  return `${resourceId}\n${name}`
}

function remove(request: PolicyRequest, tools: PolicyOperationTools): unknown {
  const { resourceId } = readResource(request.ResourceId)
  const { PolicyName: name } = request
  const policies = tools.targets.find(resourceId)?.policies
  const policy = policies?.get(name)
  if (policy === undefined) {
    throw objectNotFound('No scaling policy found', resourceId, `, policy name: ${name}`)
  }
  deleteAlarms(policy, tools.cloudWatch)
  policies?.delete(name)
  return {}
}

import type { AlarmSource } from '../../cloudwatch/alarm-config.js'
import { limitExceeded, validationError } from '../errors.js'
import { policyArn } from '../identifiers.js'
import type { ScalableTarget } from '../scalable-target.js'
import type { PolicyType, PutPolicyRequest } from './policy-requests.js'
import { checkPredictive } from './predictive-configuration.js'
import { putTrackingPolicy } from './put-tracking-policy.js'
import type { PolicyTools } from './put-tracking-policy.js'
import type { PolicyIdentity, ScalingPolicy } from './scaling-policy.js'
import { stepPolicy } from './step-configuration.js'
import { trackedSource } from './tracked-source.js'

const MAX_POLICIES = 50

export interface PolicyDraft {
  readonly target: ScalableTarget
  /** The policy of this name that it replaces. */
  readonly existing: ScalingPolicy | undefined
  readonly tools: PolicyTools
}

/** The policy that a call makes; what an update doesn't name stays. All of it is checked before any of it is done. */
export function makePolicy(request: PutPolicyRequest, draft: PolicyDraft): ScalingPolicy {
  const type = request.PolicyType ?? draft.existing?.type
  if (type === undefined) throw validationError('PolicyType is required when a scaling policy is created.')
  if (type === 'StepScaling') return makeStepPolicy(request, draft)
  return type === 'PredictiveScaling'
    ? makePredictivePolicy(request, draft)
    : makeTrackingPolicy(request, draft)
}

function makeStepPolicy(request: PutPolicyRequest, draft: PolicyDraft): ScalingPolicy {
  const type = 'StepScaling'
  const kept = draft.existing?.type === type ? draft.existing.configuration : undefined
  const configuration = given(type, request.StepScalingPolicyConfiguration ?? kept)
  const rules = stepPolicy(configuration)
  return { ...identityOf(request, draft), type, configuration, rules }
}

function makePredictivePolicy(request: PutPolicyRequest, draft: PolicyDraft): ScalingPolicy {
  const type = 'PredictiveScaling'
  const kept = draft.existing?.type === type ? draft.existing.configuration : undefined
  const configuration = given(type, request.PredictiveScalingPolicyConfiguration ?? kept)
  checkPredictive(configuration)
  return { ...identityOf(request, draft), type, configuration }
}

function makeTrackingPolicy(request: PutPolicyRequest, draft: PolicyDraft): ScalingPolicy {
  const { existing, target, tools } = draft
  const type = 'TargetTrackingScaling'
  const kept = existing?.type === type ? existing.configuration : undefined
  const configuration = given(type, request.TargetTrackingScalingPolicyConfiguration ?? kept)
  const source = trackedSource(configuration, target.resource)
  checkAlone(source, draft)
  const identity = identityOf(request, draft)
  return putTrackingPolicy({ identity, configuration, source, existing }, tools)
}

function given<Configuration>(type: PolicyType, configuration: Configuration | undefined): Configuration {
  if (configuration !== undefined) return configuration
  throw validationError(`${type} policy configuration must be specified`)
}

function identityOf(
  { PolicyName: name, ResourceId: resourceId }: PutPolicyRequest,
  { target, existing, tools }: PolicyDraft,
): PolicyIdentity {
  if (existing !== undefined) {
    const { arn, createdAtMs } = existing
    return { name, arn, createdAtMs, resourceId }
  }
  if (target.policies.size >= MAX_POLICIES) {
    throw limitExceeded(`A scalable target can have at most ${MAX_POLICIES} scaling policies.`)
  }
  const { account } = tools
  const createdAtMs = account.controlClock.now()
  return { name, arn: policyArn(account, resourceId, name), createdAtMs, resourceId }
}

/** Each target-tracking policy of a target needs a metric of its own. */
function checkAlone(source: AlarmSource, { target, existing }: PolicyDraft): void {
  const isTaken = [...target.policies.values()].some(
    (policy) =>
      policy !== existing &&
      policy.type === 'TargetTrackingScaling' &&
      JSON.stringify(policy.source) === JSON.stringify(source),
  )
  if (!isTaken) return
  throw validationError('Only one TargetTrackingScaling policy for a given metric specification is allowed.')
}

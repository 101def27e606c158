import { objectNotFound } from './errors.js'
import type { ScalableTarget } from './scalable-target.js'
import type { ScalingPolicy } from './policies/scaling-policy.js'

/** The scalable targets of one account and region. */
export class ScalableTargets {
  /** By resource id. */
  readonly #targets = new Map<string, ScalableTarget>()

  find(resourceId: string): ScalableTarget | undefined {
    return this.#targets.get(resourceId)
  }

  /** @throws AwsError ObjectNotFoundException, with `what` going before which target. */
  get(resourceId: string, what: string): ScalableTarget {
    const target = this.#targets.get(resourceId)
    if (target === undefined) throw objectNotFound(what, resourceId)
    return target
  }

  withArn(arn: string): ScalableTarget | undefined {
    return this.list().find((target) => target.arn === arn)
  }

  /** By resource id. */
  list(): readonly ScalableTarget[] {
    const targets = [...this.#targets.values()]
    return targets.sort((one, other) => (one.resource.resourceId < other.resource.resourceId ? -1 : 1))
  }

  add(target: ScalableTarget): void {
    this.#targets.set(target.resource.resourceId, target)
  }

  remove(target: ScalableTarget): void {
    this.#targets.delete(target.resource.resourceId)
  }

  findPolicy(
    policyArn: string,
  ): { readonly target: ScalableTarget; readonly policy: ScalingPolicy } | undefined {
    for (const target of this.#targets.values()) {
      for (const policy of target.policies.values()) {
        if (policy.arn === policyArn) return { target, policy }
      }
    }
    return undefined
  }
}

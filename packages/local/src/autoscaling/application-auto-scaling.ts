import { DEFAULTS } from '@longshore/model'
import type { ModelParameters } from '@longshore/model'

import type { AlarmNotice } from '../cloudwatch/alarm-actions.js'
import type { AccountContext, Operation, Service } from '../server/service.js'
import { readInput } from './input.js'
import { policyOperations } from './policies/policy-operations.js'
import type { CloudWatchPort, EcsPort } from './ports.js'
import { describeActivitiesSchema } from './requests.js'
import type { ScalableTarget } from './scalable-target.js'
import { ScalableTargets } from './scalable-targets.js'
import { Scaling } from './scaling.js'
import type { PolicyNotice } from './scaling.js'
import { scheduledOperations } from './scheduled/scheduled-operations.js'
import { Scheduler } from './scheduled/scheduler.js'
import { tagOperations } from './tag-operations.js'
import { targetOperations } from './target-operations.js'

export interface ApplicationAutoScalingOptions {
  readonly cloudWatch: CloudWatchPort
  readonly ecs: EcsPort
  /** The rules that AWS does not publish; default: the model's. */
  readonly parameters?: ModelParameters
}

/** Scalable targets of ECS services, their policies and scheduled actions, which act. State is in memory. */
export class ApplicationAutoScaling implements Service {
  readonly operations: Readonly<Record<string, Operation>>
  readonly #targets = new ScalableTargets()
  readonly #scaling: Scaling
  readonly #scheduler: Scheduler

  constructor(account: AccountContext, options: ApplicationAutoScalingOptions) {
    const { cloudWatch, ecs, parameters = DEFAULTS } = options
    const targets = this.#targets
    const scaling = new Scaling({ account, cloudWatch, ecs, parameters })
    const scheduler = new Scheduler({
      account,
      targets,
      run: (target, action) => scaling.runScheduled(target, action),
    })
    this.#scaling = scaling
    this.#scheduler = scheduler
    this.operations = {
      ...targetOperations({ account, targets, scaling, scheduler, ecs, cloudWatch }),
      ...policyOperations({ account, targets, cloudWatch, parameters }),
      ...scheduledOperations({ account, targets, scheduler }),
      ...tagOperations(targets),
      DescribeScalingActivities: (members) =>
        scaling.activities.describe(readInput(describeActivitiesSchema, members)),
    }
  }

  /** To be called with the actions of alarms, of one instant together; those that name no policy here are passed over. */
  onAlarmActions(notices: readonly AlarmNotice[]): void {
    const byTarget = new Map<ScalableTarget, PolicyNotice[]>()
    for (const notice of notices) {
      const found = this.#targets.findPolicy(notice.actionArn)
      if (found === undefined) continue
      const { target, policy } = found
      byTarget.set(target, [...(byTarget.get(target) ?? []), { policy, notice }])
    }
    for (const [target, found] of byTarget) this.#scaling.onAlarms(target, found)
  }

  close(): void {
    this.#scheduler.close()
    this.#scaling.close()
  }
}

import { DEFAULTS } from '@longshore/model'
import type { ModelParameters } from '@longshore/model'

import type { AccountContext, Operation, Service } from '../server/service.js'
import type { AlarmNotice } from '../cloudwatch/alarm-actions.js'
import type { CloudWatchPort, EcsPort } from './ports.js'
import { policyOperations } from './policy-operations.js'
import { readInput } from './input.js'
import { notSupported } from './errors.js'
import { ScalableTargets } from './scalable-targets.js'
import { Scaling } from './scaling.js'
import { describeActivitiesSchema } from './requests.js'
import { tagOperations } from './tag-operations.js'
import { targetOperations } from './target-operations.js'

export interface ApplicationAutoScalingOptions {
  readonly cloudWatch: CloudWatchPort
  readonly ecs: EcsPort
  /** The rules that AWS does not publish; default: the model's. */
  readonly parameters?: ModelParameters
}

/** Scalable targets of ECS services and their target-tracking policies, which act. State is in memory. */
export class ApplicationAutoScaling implements Service {
  readonly operations: Readonly<Record<string, Operation>>
  readonly #targets = new ScalableTargets()
  readonly #scaling: Scaling

  constructor(account: AccountContext, options: ApplicationAutoScalingOptions) {
    const { cloudWatch, ecs, parameters = DEFAULTS } = options
    const targets = this.#targets
    const scaling = new Scaling({ account, cloudWatch, ecs, parameters })
    this.#scaling = scaling
    this.operations = {
      ...targetOperations({ account, targets, scaling, ecs, cloudWatch }),
      ...policyOperations({ account, targets, cloudWatch, parameters }),
      ...tagOperations(targets),
      ...unsupportedOperations(),
      DescribeScalingActivities: (members) =>
        scaling.activities.describe(readInput(describeActivitiesSchema, members)),
      // None can be put, so this is all of them.
      DescribeScheduledActions: () => ({ ScheduledActions: [] }),
    }
  }

  /** To be called with the actions of alarms; those that name no policy of this account are passed over. */
  onAlarmActions(notices: readonly AlarmNotice[]): void {
    for (const notice of notices) {
      const found = this.#targets.findPolicy(notice.actionArn)
      if (found !== undefined) this.#scaling.onAlarm(found.target, found.policy, notice)
    }
  }

  close(): void {
    this.#scaling.close()
  }
}

function unsupportedOperations(): Readonly<Record<string, Operation>> {
  const refuse =
    (what: string): Operation =>
    () => {
      throw notSupported(what, 'Use target tracking, or RegisterScalableTarget to change the limits.')
    }
  return {
    PutScheduledAction: refuse('PutScheduledAction (scheduled scaling)'),
    DeleteScheduledAction: refuse('DeleteScheduledAction (scheduled scaling)'),
    GetPredictiveScalingForecast: refuse('GetPredictiveScalingForecast (predictive scaling)'),
  }
}

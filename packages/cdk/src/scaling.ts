import { ConfigError, lint, planFor } from '@longshore/scaler'
import type { OptionProblem, Plan, Service, ServiceConfig, TaskFacts } from '@longshore/scaler'
import { Stack, Token } from 'aws-cdk-lib/core'
import type { CfnScalableTarget, CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling'
import type { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch'
import type * as ecs from 'aws-cdk-lib/aws-ecs'
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import type * as sqs from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { annotate, warn } from './annotate.js'
import { checkedConfig } from './config.js'
import { isOwn, nameProblems, propertyOf, queueArnsOf, referenced, unsettledNames } from './names.js'
import { addResources } from './resources.js'

/** SQS's own default (CreateQueue). */
const DEFAULT_VISIBILITY_SECONDS = 30

/** Props of {@link LongshoreScaling}. */
export interface LongshoreScalingProps {
  /** What `longshore.config.ts` exports, or what `defineService` takes. */
  readonly config: Service | ServiceConfig
  /** The ECS service that is scaled. Leave out its `desiredCount`: each deployment would set it anew. */
  readonly service: ecs.IBaseService
  /**
   * Queues of the configuration by its names for them, where they are of this app or their names are not those. Default:
   * the queues are known by the names that the configuration has.
   */
  readonly queues?: Readonly<Record<string, sqs.IQueue>> | undefined
  /** Whose requests `policies.requests` counts, in place of its `resourceLabel`. */
  readonly targetGroup?: ApplicationTargetGroup | undefined
  /** What is known of the tasks, for findings about them. Default: nothing. */
  readonly task?: TaskFacts | undefined
  /** How many vCPUs the account may run at a time (Service Quotas), for a finding about `tasks.max`. */
  readonly vcpuQuota?: number | undefined
}

/**
 * Scales an ECS service by a configuration: the scalable target, policies, alarms and scheduled actions that `longshore
 * apply` would make of it. What the linter finds is told at synthesis, problems as errors and notes as warnings.
 *
 * @throws ConfigError with what is wrong with the configuration or with the resources given for its names.
 */
export class LongshoreScaling extends Construct {
  /** What should exist, with references in the place of names. */
  readonly plan: Plan
  readonly target: CfnScalableTarget
  readonly policies: readonly CfnScalingPolicy[]
  /** Those that set off step policies; target tracking keeps its own. */
  readonly alarms: readonly CfnAlarm[]
  /** The configuration with its defaults. */
  readonly config: Service
  /** Of the configuration's queues, in its order. */
  readonly queueArns: readonly string[]
  readonly #deployed: Service
  #namesAreTold = false

  constructor(scope: Construct, id: string, props: LongshoreScalingProps) {
    super(scope, id)
    const { service, queues = {}, targetGroup } = props
    const named = { service, queues, targetGroup }
    this.config = checkedConfig(props.config)
    const problems = [...nameProblems(this.config, named), ...this.#regionProblems()]
    if (problems.length > 0) throw new ConfigError(`LongshoreScaling ${this.node.path}`, problems)

    this.queueArns = queueArnsOf(this, this.config, queues)
    this.#deployed = referenced(this.config, named)
    this.plan = planFor(this.#deployed)
    const { target, policies, alarms } = addResources(this, this.plan)
    this.target = target
    this.policies = policies
    this.alarms = alarms

    this.#annotate(props)
    const unsettled = unsettledNames(this.config, named)
    this.node.addValidation({ validate: () => this.#unsettledProblems(unsettled) })
  }

  /**
   * The configuration with references in the place of names, for a publisher that is told them when it is deployed.
   * Until somebody asks for it, names that only the deployment knows are refused: a publisher that has the configuration
   * alone would publish under others than the alarms watch.
   */
  tellNames(): Service {
    this.#namesAreTold = true
    return this.#deployed
  }

  #regionProblems(): OptionProblem[] {
    const { region } = Stack.of(this)
    const configured = this.config.region
    if (configured === undefined || Token.isUnresolved(region) || region === configured) return []
    return [{ path: 'config.region', expected: `'${region}', the stack's region`, got: `'${configured}'` }]
  }

  #annotate({ service, queues = {}, task, vcpuQuota }: LongshoreScalingProps): void {
    annotate(this, lint(this.config, { facts: { queues: visibilityFacts(queues), task, vcpuQuota } }))
    if (propertyOf(service, 'desiredCount') === undefined) return
    warn(
      this,
      'desired-count',
      'Found a desiredCount on the service. Expected none: each deployment sets the service to it, ' +
        'whatever waits in the queue. Leave it out; ECS keeps the count that scaling has set.',
    )
  }

  #unsettledProblems(unsettled: readonly string[]): string[] {
    if (this.#namesAreTold || unsettled.length === 0 || this.plan.publishes.length === 0) return []
    return [
      `${this.plan.publishes.length} metrics are published under the names of the configuration, and watched under names ` +
        `that only the deployment knows. Expected ${unsettled.join(', ')}, or a LongshorePublisher, which is told the names.`,
    ]
  }
}

function visibilityFacts(
  queues: Readonly<Record<string, sqs.IQueue>>,
): { name: string; visibilityTimeoutSeconds: number }[] {
  return Object.entries(queues).flatMap(([name, queue]) => {
    const given = propertyOf(queue, 'visibilityTimeout') ?? (isOwn(queue) ? DEFAULT_VISIBILITY_SECONDS : NaN)
    return typeof given === 'number' && !Token.isUnresolved(given) && given >= 0
      ? [{ name, visibilityTimeoutSeconds: given }]
      : []
  })
}

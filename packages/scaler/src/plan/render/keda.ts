import type { Service } from '../../config/service.js'
import type { Plan } from '../plan.js'
import type { Form } from './form.js'

/** Where a service's queues are, for what needs their URLs. */
export interface QueuePlace {
  readonly region: string
  /** Twelve digits. */
  readonly accountId: string
}

// KEDA reads queues itself; more often than this only costs calls.
const POLLING_SECONDS = 10

/** A service's scaling on EKS, as KEDA's resources; and what of it KEDA has no counterpart for, a sentence each. */
export interface KedaRendering {
  readonly documents: readonly Form[]
  readonly notes: readonly string[]
}

/**
 * A `TriggerAuthentication` and a `ScaledObject` that hold what target tracking holds: so many messages for each pod that
 * the wait stays within the objective. KEDA counts messages in flight too, so as many as a pod handles come on top; that
 * is also what keeps it from scaling in below the work under way. It scales the Deployment of the service's name.
 */
export function kedaOf(service: Service, plan: Plan, place: QueuePlace): KedaRendering {
  const name = service.service
  const authentication = `${name}-aws`
  const { minCapacity, maxCapacity } = plan.target
  return {
    documents: [
      {
        apiVersion: 'keda.sh/v1alpha1',
        kind: 'TriggerAuthentication',
        metadata: { name: authentication },
        spec: { podIdentity: { provider: 'aws' } },
      },
      {
        apiVersion: 'keda.sh/v1alpha1',
        kind: 'ScaledObject',
        metadata: { name },
        spec: {
          scaleTargetRef: { name },
          minReplicaCount: minCapacity,
          maxReplicaCount: maxCapacity,
          pollingInterval: POLLING_SECONDS,
          // Only from one to none; what comes before that is the autoscaler's.
          cooldownPeriod: service.cooldowns.scaleInSeconds,
          advanced: {
            horizontalPodAutoscalerConfig: {
              behavior: { scaleDown: { stabilizationWindowSeconds: stabilizationSeconds(service) } },
            },
          },
          triggers: [
            ...service.queues.map((queue) =>
              queueTrigger(queueUrlOf(queue.name, place), { service, plan, place, authentication }),
            ),
            ...utilizationTriggers(service),
          ],
        },
      },
    ],
    notes: notesOf(service, plan),
  }
}

// The autoscaler takes an hour at most (HPAScalingRules).
function stabilizationSeconds({ cooldowns }: Service): number {
  return Math.min(3_600, cooldowns.scaleInSeconds)
}

interface Context {
  readonly service: Service
  readonly plan: Plan
  readonly place: QueuePlace
  readonly authentication: string
}

function queueTrigger(queueURL: string, { service, plan, place, authentication }: Context): Form {
  return {
    type: 'aws-sqs-queue',
    authenticationRef: { name: authentication },
    metadata: {
      queueURL,
      awsRegion: place.region,
      queueLength: String(Math.max(1, Math.floor(plan.acceptableBacklogPerTask)) + service.tasks.concurrency),
      activationQueueLength: '0',
      scaleOnInFlight: 'true',
    },
  }
}

function utilizationTriggers({ policies: { cpu, memory } }: Service): Form[] {
  const triggerOf = (type: string, policy: typeof cpu): Form[] =>
    policy === undefined
      ? []
      : [{ type, metricType: 'Utilization', metadata: { value: String(Math.ceil(policy.target)) } }]
  return [...triggerOf('cpu', cpu), ...triggerOf('memory', memory)]
}

function queueUrlOf(queue: string, { region, accountId }: QueuePlace): string {
  if (queue.includes('/')) return queue
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  return `https://sqs.${region}.${suffix}/${accountId}/${queue}`
}

function notesOf({ queues, policies, strategy }: Service, { scheduledActions }: Plan): string[] {
  const notes: (string | false)[] = [
    queues.length > 1 &&
      'KEDA scales by the one queue that needs most; Longshore by the work of all of them together.',
    strategy.kind !== 'targetTracking' &&
      `KEDA has one strategy, its own: ${strategy.kind} was rendered as the same backlog per pod.`,
    scheduledActions.length > 0 &&
      'Schedules were left out: KEDA’s cron trigger holds a number of pods between two times, it does not move bounds.',
    policies.requests !== undefined &&
      'policies.requests was left out: it counts what an ALB sends to targets.',
    policies.predictive !== undefined && 'policies.predictive was left out: KEDA does not forecast.',
    policies.steps.length > 0 && 'policies.steps were left out: KEDA scales by ratios, not by steps.',
  ]
  return notes.filter((note) => note !== false)
}

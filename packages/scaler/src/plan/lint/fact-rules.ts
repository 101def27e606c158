import type { Service } from '../../config/service.js'
import type { Plan } from '../plan.js'
import type { Facts } from './facts.js'
import type { LintFinding } from './finding.js'

// The 99th percentile of the standard normal distribution.
const Z99 = 2.326
const UNITS_PER_VCPU = 1_024

/**
 * What 99 of 100 handlings take at most, in milliseconds, if they are distributed lognormally with the mean and the
 * variation (standard deviation ÷ mean) of the configuration: mean × exp(z·σ − σ²/2), where σ² = ln(1 + variation²).
 */
export function p99HandlingMs(meanMs: number, variation: number): number {
  const sigma = Math.sqrt(Math.log(1 + variation ** 2))
  return meanMs * Math.exp(Z99 * sigma - sigma ** 2 / 2)
}

/** What queues and tasks show. */
export function factFindings(service: Service, plan: Plan, facts: Facts): LintFinding[] {
  return [
    ...service.queues.flatMap((queue) => visibility(service, queue, facts)),
    ...stopTimeout(service, facts),
    ...quota(plan, facts),
    ...withoutCounts(service, facts),
  ]
}

function visibility(
  { handling }: Service,
  { name, meanMs }: Service['queues'][number],
  { queues }: Facts,
): LintFinding[] {
  const visibilityMs =
    (queues.find((queue) => queue.name === name)?.visibilityTimeoutSeconds ?? Infinity) * 1_000
  const p99Ms = p99HandlingMs(meanMs, handling.variation)
  if (visibilityMs >= p99Ms) return []
  return [
    {
      code: 'visibility-short',
      severity: 'note',
      found: `${name}: a visibility timeout of ${seconds(visibilityMs)}, and handlings of which one in a hundred takes ${seconds(p99Ms)} or more`,
      expected:
        'a longer one, unless the worker extends it: other consumers would have such a message twice. Longshore’s heartbeats extend it',
      fix: `With @longshore/core there is nothing to do; with another consumer raise VisibilityTimeout to ${Math.ceil((6 * p99Ms) / 1_000)} s.`,
    },
  ]
}

function stopTimeout({ queues, handling }: Service, { task }: Facts): LintFinding[] {
  if (task === undefined) return []
  const p99Ms = Math.max(...queues.map(({ meanMs }) => p99HandlingMs(meanMs, handling.variation)))
  const given = task.stopTimeoutSeconds
  if (given * 1_000 >= p99Ms) return []
  return [
    {
      code: 'stop-timeout-short',
      severity: 'problem',
      found: `a stopTimeout of ${given} s, and handlings of which one in a hundred takes ${seconds(p99Ms)} or more`,
      expected:
        'one that covers handlings: those that a scale-in or a deployment cuts short begin anew elsewhere',
      fix: `Raise stopTimeout in the task definition and in the worker (Fargate allows 120 s), or keep scale-in protection on, which is core's default.`,
    },
  ]
}

function quota(plan: Plan, { task, vcpuQuota }: Facts): LintFinding[] {
  if (task?.cpuUnits === undefined || vcpuQuota === undefined) return []
  const max = Math.max(plan.target.maxCapacity, ...plan.accepts.maxCapacity)
  const vcpus = (max * task.cpuUnits) / UNITS_PER_VCPU
  if (vcpus <= vcpuQuota) return []
  const fits = Math.floor((vcpuQuota * UNITS_PER_VCPU) / task.cpuUnits)
  return [
    {
      code: 'max-beyond-quota',
      severity: 'problem',
      found: `up to ${max} tasks of ${task.cpuUnits / UNITS_PER_VCPU} vCPU, ${vcpus} in all, and a quota of ${vcpuQuota}`,
      expected: `at most ${fits} tasks: beyond that ECS cannot start any, and the policies go on asking`,
      fix: `Ask for a higher quota (Fargate On-Demand vCPU resource count), or lower tasks.max to ${fits}.`,
    },
  ]
}

/** Without a count of running tasks the math takes a service for one at zero, whose every message asks for a task. */
function withoutCounts({ strategy, cluster }: Service, { containerInsights }: Facts): LintFinding[] {
  const needsIt = strategy.kind === 'targetTracking' && strategy.metric === 'math'
  if (!needsIt || containerInsights !== false) return []
  return [
    {
      code: 'no-container-insights',
      severity: 'problem',
      found: `targetTracking.metric 'math', and the cluster ${cluster} without Container Insights`,
      expected:
        'the count of running tasks that it reports: without it the service looks as if it were at zero, and is scaled out for as long as any message waits',
      fix: `Switch it on (aws ecs update-cluster-settings --cluster ${cluster} --settings name=containerInsights,value=enabled), or leave targetTracking.metric out and publish.`,
    },
  ]
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`
}

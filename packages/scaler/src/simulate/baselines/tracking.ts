/** Target tracking as teams have it today, by the sources named. */
import type { Service } from '../../config/service.js'
import { acceptableBacklogPerTask } from '../../decide/backlog.js'
import type { MetricMath } from '../../plan/resources.js'
import type { Setup } from '../control/setup.js'
import { backlogPolicy, cpuPolicy, emptySetup, everyMinute, visible } from './parts.js'

/** AWS Copilot's backend worker: `queue_delay` from the objective, its cooldowns, its Lambda once a minute. */
export function copilotWorker(service: Service): Setup {
  const { objective, handling, tasks } = service
  const target = Math.ceil((objective.wait.p99Ms * tasks.concurrency) / handling.meanMs)
  return {
    ...emptySetup(service, {
      name: 'Copilot worker',
      description:
        'AWS Copilot: backlog per task from a Lambda once a minute, target tracking, cooldowns of 60 and 120 s',
    }),
    policies: [backlogPolicy(service, target, { outSeconds: 60, inSeconds: 120 })],
    loop: everyMinute((visibleMessages, running) => Math.ceil(visibleMessages / Math.max(1, running))),
  }
}

/** AWS's guide to scaling on SQS: a value a minute, and the default cooldowns. Without a task there is no quotient. */
export function awsGuide(service: Service): Setup {
  return {
    ...emptySetup(service, {
      name: 'AWS guide',
      description:
        "AWS's guide: backlog per task from a Lambda once a minute, target tracking, default cooldowns",
    }),
    policies: [
      backlogPolicy(service, acceptableBacklogPerTask(service), { outSeconds: 300, inSeconds: 300 }),
    ],
    loop: everyMinute((visibleMessages, running) => (running === 0 ? undefined : visibleMessages / running)),
  }
}

/** The guide's metric math: Container Insights in place of the Lambda. */
export function awsGuideMath(service: Service): Setup {
  const dimensions = { ClusterName: service.cluster, ServiceName: service.service }
  const metric: MetricMath = {
    kind: 'math',
    queries: [
      { id: 'm1', metric: visible(service).metric, statistic: 'Sum' },
      {
        id: 'm2',
        metric: { namespace: 'ECS/ContainerInsights', name: 'RunningTaskCount', dimensions },
        statistic: 'Average',
      },
      { id: 'e1', expression: 'm1 / m2' },
    ],
    returned: 'e1',
  }
  const policy = backlogPolicy(service, acceptableBacklogPerTask(service), {
    outSeconds: 300,
    inSeconds: 300,
  })
  return {
    ...emptySetup(service, {
      name: 'AWS guide, math',
      description: "AWS's guide: visible ÷ running tasks as metric math, target tracking, default cooldowns",
    }),
    policies: [{ ...policy, metric }],
  }
}

/** Target tracking on CPU, the default of most modules; at least one task, since none uses none. */
export function cpuTracking(
  service: Service,
  of: { name: string; percent: number; highResolution: boolean; description: string },
): Setup {
  const setup = emptySetup(service, of)
  const policy = cpuPolicy(service, of.percent, { outSeconds: 60, inSeconds: 300 })
  const type = of.highResolution
    ? 'ECSServiceAverageCPUUtilizationHighResolution'
    : 'ECSServiceAverageCPUUtilization'
  return {
    ...setup,
    min: Math.max(1, setup.min),
    policies: [{ ...policy, metric: { kind: 'predefined', type, resourceLabel: undefined } }],
  }
}

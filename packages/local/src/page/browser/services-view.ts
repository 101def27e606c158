import { runningPoints, serviceDimensions } from './backlog.js'
import { h } from './element.js'
import type { Child, ElementNode } from './element.js'
import { count, number } from './format.js'
import type { AlarmEntry, DeploymentEntry, PolicyEntry, ServiceEntry, TaskEntry } from './page-state.js'
import { button, chip, empty, panel } from './parts.js'
import { plotView } from './plot-view.js'
import type { PlotLine, PlotRule } from './plot-view.js'
import { can, sampleGapMs } from './shown.js'
import type { Shown } from './shown.js'
import { endOf, taskList } from './tasks-view.js'

export function servicesView(shown: Shown): ElementNode {
  const { state } = shown
  const services = Object.values(state.services).sort((one, other) => (one.arn < other.arn ? -1 : 1))
  const lone = Object.values(state.tasks).filter(({ group }) => !group.startsWith('service:'))
  const running = Object.values(state.tasks).filter(({ status }) => status === 'RUNNING').length
  if (services.length === 0 && lone.length === 0) return panel('Services and tasks', '', noServices())
  return panel(
    'Services and tasks',
    `${count(running, 'task')} running`,
    services.map((service) => serviceView(shown, service)),
    lone.length > 0 &&
      h(
        'article',
        { key: 'lone tasks', class: 'service' },
        h('h3', {}, 'Tasks without a service'),
        taskList(shown, 'lone', lone),
      ),
  )
}

function noServices(): ElementNode {
  return empty(
    h('p', {}, 'No service and no task.'),
    h(
      'p',
      { class: 'note' },
      'Create a cluster, a task definition whose container has the command to run here, and a service; then ',
      h('code', {}, 'longshore apply'),
      ' gives it scaling. Tasks are processes of this machine.',
    ),
  )
}

function serviceView(shown: Shown, service: ServiceEntry): ElementNode {
  const { state } = shown
  const { arn, name, cluster } = service
  const policies = Object.values(state.policies).filter(
    (policy) => policy.service === `service/${cluster}/${name}`,
  )
  const tasks = Object.values(state.tasks).filter(
    (task) => task.group === `service:${name}` && task.cluster === cluster,
  )
  return h(
    'article',
    { key: arn, class: 'service' },
    h(
      'header',
      { class: 'service-head' },
      h('h3', {}, h('span', { class: 'muted' }, `${cluster} / `), name),
      h('span', { class: 'note' }, service.definition),
      service.status !== 'ACTIVE' && chip('busy', service.status.toLowerCase()),
      h('span', { class: 'counts' }, [countsText(service), ...useTexts(shown, service)].join(' · ')),
      desiredStepper(shown, service),
    ),
    service.deployments.length > 1 &&
      h('ul', { class: 'deployments note' }, service.deployments.map(deployment)),
    h(
      'div',
      { class: 'plots' },
      tasksPlot(shown, service),
      policies.flatMap((policy) => policyPlot(shown, policy)),
    ),
    policies.map((policy) =>
      h('p', { key: policy.arn, class: 'note policy' }, h('b', {}, policy.name), ` ${policy.summary}`),
    ),
    service.running < service.desired && trouble(service, tasks),
    taskList(shown, arn, tasks),
  )
}

/** Why fewer tasks run than should: what the service says, and how the last task that ended by itself did. */
function trouble({ complaint }: ServiceEntry, tasks: readonly TaskEntry[]): Child[] {
  const [last] = tasks
    .filter(({ stoppedAtMs, exitCode }) => stoppedAtMs !== undefined && exitCode !== 0)
    .sort((one, other) => (other.stoppedAtMs ?? 0) - (one.stoppedAtMs ?? 0))
  const lastEnd = last && `The last task ended: ${endOf(last)}.`
  return [complaint === undefined ? undefined : `It ${complaint}`, lastEnd].map(
    (text) => text !== undefined && h('p', { key: text, class: 'note policy warn' }, text),
  )
}

function countsText({ running, pending, scaling }: ServiceEntry): string {
  const parts = [`${number(running)} running`]
  if (pending > 0) parts.push(`${number(pending)} pending`)
  if (scaling !== undefined) {
    parts.push(`scales ${number(scaling.min)} to ${number(scaling.max)}`)
    if (scaling.suspended.length > 0) parts.push(`suspended: ${scaling.suspended.join(', ')}`)
  }
  return parts.join(' · ')
}

/** CPU and memory as ECS last measured them, in percent of what the tasks reserve. */
function useTexts({ state }: Shown, service: ServiceEntry): string[] {
  const of = serviceDimensions(service)
  const last = (name: string): number | undefined =>
    Object.values(state.series)
      .find(
        ({ namespace, metric, statistic, dimensions }) =>
          namespace === 'AWS/ECS' && metric === name && statistic === 'Average' && dimensions === of,
      )
      ?.points.at(-1)?.[1]
  const [cpu, memory] = [last('CPUUtilization'), last('MemoryUtilization')]
  if (cpu === undefined || memory === undefined || service.running === 0) return []
  return [`CPU ${Math.round(cpu)} %, memory ${Math.round(memory)} %`]
}

function desiredStepper(shown: Shown, service: ServiceEntry): Child {
  const { name, cluster, desired } = service
  const figure = h('output', { 'aria-label': `Desired tasks of ${name}` }, number(desired))
  if (!can(shown, 'ecs:UpdateService')) return h('span', { class: 'stepper' }, 'desired ', figure)
  const step = (by: number, label: string, sign: string): ElementNode => {
    const key = `${sign} ${service.arn}`
    const to = Math.max(desired + by, 0)
    const deed = {
      key,
      feature: 'ecs:UpdateService',
      input: { cluster, service: name, desiredCount: to },
      done: `${name}: ${count(to, 'task')} desired`,
    }
    return button(sign, () => shown.act.do(deed), {
      key,
      class: 'small',
      'aria-label': `${label} desired task of ${name}`,
    })
  }
  return h(
    'span',
    { class: 'stepper' },
    'desired ',
    step(-1, 'One less', '−'),
    figure,
    step(1, 'One more', '+'),
  )
}

function deployment(entry: DeploymentEntry): ElementNode {
  const { id, definition, rollout, running, desired, pending, failed, isPrimary } = entry
  const failures = failed > 0 ? `, ${number(failed)} failed` : ''
  const text = `${isPrimary ? 'new' : 'old'} ${definition}: ${running} of ${desired} running, ${pending} pending${failures}`
  return h(
    'li',
    { key: id },
    chip(rollout === 'FAILED' ? 'bad' : 'busy', rollout.toLowerCase().replace('_', ' ')),
    text,
  )
}

function tasksPlot(shown: Shown, service: ServiceEntry): ElementNode {
  const { arn, scaling } = service
  const gapMs = sampleGapMs(shown.state)
  const desired = shown.history.line(`${arn} desired`)
  const lines: PlotLine[] = [
    {
      name: 'running',
      tone: 'first',
      points: runningPoints(shown, service),
      gapMs,
      isStepped: true,
      isFilled: true,
    },
    { name: 'desired', tone: 'second', points: desired, gapMs, isStepped: true },
  ]
  // A limit far above what runs would press the lines flat.
  const most = Math.max(1, ...lines.flatMap(({ points }) => points.map(([, tasks]) => tasks)))
  const rules: PlotRule[] =
    scaling === undefined || scaling.max > 4 * most
      ? []
      : [{ name: 'max', tone: 'threshold', value: scaling.max }]
  return plotView(shown, { key: `plot ${arn} tasks`, title: 'Tasks', lines, rules })
}

/** What a policy goes by, as its alarms see it, against its target and their thresholds. */
function policyPlot(shown: Shown, policy: PolicyEntry): ElementNode[] {
  const { state } = shown
  const alarms = policy.alarms.flatMap((name) => state.alarms[name] ?? [])
  const [first] = alarms
  const series = first && state.series[first.series]
  if (series === undefined) return []
  const target: PlotRule[] =
    policy.target === undefined ? [] : [{ name: 'target', tone: 'target', value: policy.target }]
  const thresholds = alarms
    .filter(({ threshold }) => threshold !== undefined && threshold !== policy.target)
    .map((alarm): PlotRule => ({
      name: thresholdName(alarm),
      tone: 'threshold',
      value: alarm.threshold ?? 0,
    }))
  return [
    plotView(shown, {
      key: `plot ${policy.arn}`,
      title: series.metric,
      note: `${series.statistic} of ${series.periodSeconds} s`,
      lines: [{ name: 'now', tone: 'first', points: series.points, gapMs: series.periodSeconds * 2_500 }],
      rules: [...target, ...thresholds],
    }),
  ]
}

function thresholdName({ comparison }: AlarmEntry): string {
  return comparison.startsWith('<') || comparison === '≤' ? 'in below' : 'out above'
}

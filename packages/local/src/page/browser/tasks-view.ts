import { h } from './element.js'
import type { ElementNode, PageNode } from './element.js'
import { clockTime, span } from './format.js'
import type { TaskEntry } from './page-state.js'
import { askingButton, button, chip, deedButton, disclosure } from './parts.js'
import { can } from './shown.js'
import type { Shown } from './shown.js'

const TONES: Readonly<Record<string, string>> = { RUNNING: 'good', STOPPED: 'plain' }
/** As long as ECS protects a task that says no time. */
const PROTECTED_MINUTES = 120

/** The tasks that live, oldest first, and under a heading of their own those that stopped lately. */
export function taskList(shown: Shown, key: string, tasks: readonly TaskEntry[]): ElementNode {
  const live = tasks
    .filter(isLive)
    .sort((one, other) => one.createdAtMs - other.createdAtMs || compare(one, other))
  const stopped = tasks
    .filter((task) => !isLive(task))
    .sort((one, other) => (other.stoppedAtMs ?? 0) - (one.stoppedAtMs ?? 0))
  const heading = `stopped ${key}`
  const isOpen = shown.ui.toggled.has(heading)
  return h(
    'div',
    { key: `tasks ${key}`, class: 'tasks' },
    live.length === 0
      ? h('p', { class: 'note' }, 'No task runs.')
      : h(
          'ul',
          { class: 'rows' },
          live.map((task) => taskRow(shown, task)),
        ),
    stopped.length > 0 &&
      disclosure(shown, { key: heading, isOpen, title: `${stopped.length} stopped lately` }),
    stopped.length > 0 &&
      isOpen &&
      h(
        'ul',
        { class: 'rows' },
        stopped.map((task) => taskRow(shown, task)),
      ),
  )
}

function isLive({ status }: TaskEntry): boolean {
  return status !== 'STOPPED'
}

function compare(one: TaskEntry, other: TaskEntry): number {
  return one.id < other.id ? -1 : 1
}

function taskRow(shown: Shown, task: TaskEntry): ElementNode {
  const { arn, id, status } = task
  const isOpen = shown.ui.look.task === arn
  return h(
    'li',
    { key: arn },
    h(
      'div',
      { class: 'task' },
      button(id.slice(0, 8), () => shown.act.openTask(isOpen ? undefined : arn), {
        class: 'name mono',
        'aria-expanded': String(isOpen),
        title: `Log of task ${id}`,
      }),
      chip(TONES[status] ?? 'busy', status.toLowerCase()),
      h('span', { class: 'about' }, aboutOf(shown, task)),
      h('span', { class: 'buttons' }, isLive(task) && liveButtons(shown, task)),
    ),
    isOpen && log(shown, task),
  )
}

function aboutOf({ state }: Shown, task: TaskEntry): string {
  const { nowMs = 0, realNowMs = 0 } = state.view.clock ?? {}
  const { startedAtMs, stoppedAtMs, protectedUntilMs, cpu, memory } = task
  if (stoppedAtMs !== undefined) return `stopped ${clockTime(stoppedAtMs)} · ${endOf(task)}`
  const parts = [
    startedAtMs === undefined ? `for ${span(nowMs - task.createdAtMs)}` : `up ${span(nowMs - startedAtMs)}`,
  ]
  if (cpu !== undefined && memory !== undefined) parts.push(`${cpu} CPU, ${memory} MiB`)
  if (!task.group.startsWith('service:')) parts.push(task.definition)
  if (protectedUntilMs !== undefined) parts.push(`protected for ${span(protectedUntilMs - realNowMs)}`)
  return parts.join(' · ')
}

/** How a task ended: `exit 1 · Essential container in task exited`. */
export function endOf({ exitCode, stoppedReason = '' }: TaskEntry): string {
  return exitCode === undefined ? stoppedReason : `exit ${exitCode} · ${stoppedReason}`
}

function liveButtons(shown: Shown, task: TaskEntry): PageNode[] {
  const { arn, id, cluster, group, protectedUntilMs } = task
  const short = id.slice(0, 8)
  const isProtected = protectedUntilMs !== undefined
  const protection = {
    key: `protect ${arn}`,
    feature: 'ecs:UpdateTaskProtection',
    input: {
      cluster,
      tasks: [arn],
      protectionEnabled: !isProtected,
      ...(isProtected ? {} : { expiresInMinutes: PROTECTED_MINUTES }),
    },
    done: isProtected ? `Task ${short} may be stopped again` : `Task ${short} is protected from scale-in`,
  }
  const stop = {
    key: `stop ${arn}`,
    feature: 'ecs:StopTask',
    input: { cluster, task: arn, reason: 'Stopped from the page of @longshore/local' },
    done: `Task ${short} is told to stop`,
  }
  const buttons: PageNode[] = []
  if (can(shown, protection.feature) && group.startsWith('service:')) {
    buttons.push(deedButton(shown, isProtected ? 'Unprotect' : 'Protect', protection))
  }
  if (can(shown, stop.feature)) buttons.push(askingButton(shown, 'Stop', 'Stop it?', stop))
  return buttons
}

function log({ state }: Shown, { arn }: TaskEntry): ElementNode {
  const isRead = state.view.setup?.task === arn
  const lines = isRead ? (state.log.lines ?? []) : []
  const seen = new Map<number, number>()
  // Lines of one instant are told apart by their order, so that a line stays the same element while others leave.
  const keyOf = (atMs: number): string => {
    const nth = (seen.get(atMs) ?? 0) + 1
    seen.set(atMs, nth)
    return `${atMs} ${nth}`
  }
  return h(
    'div',
    { class: 'log', 'data-follow': true, tabindex: 0, role: 'log', 'aria-label': 'Log of the task' },
    lines.length === 0
      ? h('p', { class: 'note' }, isRead ? 'It has written nothing yet.' : '')
      : lines.map(({ atMs, text, isError, container }) =>
          h(
            'div',
            { key: keyOf(atMs), title: `${container}, ${isError ? 'stderr' : 'stdout'}` },
            h('time', {}, clockTime(atMs)),
            text,
          ),
        ),
  )
}

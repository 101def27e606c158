import type { Service } from './service.js'

/**
 * As many of `tasks` as are of use: message groups bound them (a slot works off one group at a time, so tasks beyond
 * groups ÷ concurrency idle), and so does each budget (total ÷ what a task uses). Never fewer than `tasks.min`.
 */
export function usefulTasks({ tasks, limits }: Pick<Service, 'tasks' | 'limits'>, wanted: number): number {
  const { messageGroups, budgets } = limits
  const byGroups = messageGroups === undefined ? Infinity : Math.ceil(messageGroups / tasks.concurrency)
  const byBudgets = budgets.map(({ total, perTask }) => Math.floor(total / perTask))
  return Math.max(tasks.min, Math.min(wanted, byGroups, ...byBudgets))
}

/** As many tasks as are of use at any time: schedules may let a service grow beyond `tasks.max`. */
export function mostUsefulTasks(service: Pick<Service, 'tasks' | 'limits' | 'schedules'>): number {
  return Math.max(...[service.tasks, ...service.schedules].map(({ max = 0 }) => usefulTasks(service, max)))
}

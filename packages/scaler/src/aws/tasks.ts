import { DescribeTasksCommand, GetTaskProtectionCommand, paginateListTasks } from '@aws-sdk/client-ecs'
import type { ECSClient } from '@aws-sdk/client-ecs'
import type { Calls } from './calls.js'
import type { Aws, RunningTask } from './port.js'

/** DescribeTasks and GetTaskProtection take that many tasks (API reference). */
const MAX_TASKS = 100

/** What is asked of ECS about single tasks. */
export function taskCalls(
  client: ECSClient,
  calls: Calls,
): Pick<Aws, 'serviceTasks' | 'runningTasks' | 'protectedTasks'> {
  return {
    async serviceTasks({ cluster, service }, signal) {
      const site = { action: 'ecs:ListTasks', subject: `service "${service}" in cluster "${cluster}"` }
      const readAll = async (abortSignal: AbortSignal): Promise<string[]> => {
        const arns: string[] = []
        // Tasks that are about to stop are desired STOPPED, and left out.
        const input = { cluster, serviceName: service, desiredStatus: 'RUNNING' as const }
        for await (const page of paginateListTasks({ client }, input, { abortSignal }))
          arns.push(...(page.taskArns ?? []))
        return arns
      }
      return calls.run(site, readAll, signal)
    },

    async runningTasks({ cluster, service }, arns, signal) {
      const site = {
        action: 'ecs:DescribeTasks',
        subject: `tasks of service "${service}" in cluster "${cluster}"`,
      }
      const running: RunningTask[] = []
      for (let from = 0; from < arns.length; from += MAX_TASKS) {
        const command = new DescribeTasksCommand({ cluster, tasks: arns.slice(from, from + MAX_TASKS) })
        const { tasks = [] } = await calls.run(
          site,
          (abortSignal) => client.send(command, { abortSignal }),
          signal,
        )
        for (const { taskArn, lastStatus, desiredStatus, startedAt } of tasks) {
          const isRunning = lastStatus === 'RUNNING' && desiredStatus === 'RUNNING'
          if (!isRunning || taskArn === undefined || startedAt === undefined) continue
          running.push({ arn: taskArn, startedAtMs: startedAt.getTime() })
        }
      }
      return running
    },

    async protectedTasks({ cluster, service }, arns, signal) {
      const subject = `tasks of service "${service}" in cluster "${cluster}"`
      const site = { action: 'ecs:GetTaskProtection', subject }
      let count = 0
      for (let from = 0; from < arns.length; from += MAX_TASKS) {
        const command = new GetTaskProtectionCommand({ cluster, tasks: arns.slice(from, from + MAX_TASKS) })
        const { protectedTasks = [] } = await calls.run(
          site,
          (abortSignal) => client.send(command, { abortSignal }),
          signal,
        )
        count += protectedTasks.filter(({ protectionEnabled }) => protectionEnabled === true).length
      }
      return count
    },
  }
}

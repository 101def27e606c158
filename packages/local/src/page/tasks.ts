import type { Entries, LogLine, Look, TaskEntry } from './browser/page-state.js'
import { epochMs, groupsOf } from './operations.js'
import type { Operations } from './operations.js'
import { lastPart } from './services.js'
import type { WatchedAccount } from './watched.js'

// ECS API: DescribeTasks and GetTaskProtection take a hundred tasks.
const MAX_DESCRIBED = 100
// All that a cluster has: ECS keeps a thousand that stopped, in no order that says which stopped last.
const MAX_TASKS = 2_000
const STOPPED_SHOWN = 20
const LINES_SHOWN = 300
const MAX_LINE_CHARACTERS = 2_000

/** A task as DescribeTasks answers it. */
interface Task {
  readonly taskArn: string
  readonly group?: string
  readonly taskDefinitionArn: string
  readonly lastStatus: string
  readonly createdAt: number
  readonly startedAt?: number
  readonly stoppedAt?: number
  readonly stoppedReason?: string
  readonly cpu?: string
  readonly memory?: string
  readonly containers?: readonly { readonly exitCode?: number }[]
}

/** The tasks of every cluster: all that live, and those of each cluster that stopped last. */
export async function readTasks(
  operations: Operations,
  clusters: readonly string[],
): Promise<Entries<TaskEntry>> {
  const tasks: Record<string, TaskEntry> = {}
  for (const cluster of clusters) {
    const live = await describeTasks(operations, cluster, 'RUNNING')
    const told = await describeTasks(operations, cluster, 'STOPPED')
    // A task that was told to stop and has not yet is among those desired STOPPED.
    const stopping = told.filter(({ stoppedAt }) => stoppedAt === undefined)
    const stopped = told
      .filter(({ stoppedAt }) => stoppedAt !== undefined)
      .sort((one, other) => (other.stoppedAt ?? 0) - (one.stoppedAt ?? 0))
      .slice(0, STOPPED_SHOWN)
    const alive = [...live, ...stopping]
    const protections = await readProtections(operations, cluster, alive)
    for (const task of [...alive, ...stopped]) {
      tasks[task.taskArn] = taskEntry(task, cluster, protections.get(task.taskArn))
    }
  }
  return tasks
}

/** The last lines that the task looked at has written, oldest first. */
export function readLog({ services }: WatchedAccount, look: Look): readonly LogLine[] | undefined {
  if (look.task === undefined) return undefined
  return services.ecs
    .taskLog(look.task)
    .slice(-LINES_SHOWN)
    .map(({ container, stream, line, atMs }) => ({
      container,
      isError: stream === 'stderr',
      text: line.slice(0, MAX_LINE_CHARACTERS),
      atMs,
    }))
}

async function describeTasks(
  operations: Operations,
  cluster: string,
  desiredStatus: 'RUNNING' | 'STOPPED',
): Promise<Task[]> {
  const arns = await operations.list<string>('ecs', 'ListTasks', {
    items: 'taskArns',
    token: 'nextToken',
    input: { cluster, desiredStatus },
    limit: MAX_TASKS,
  })
  const found: Task[] = []
  for (const tasks of groupsOf(arns, MAX_DESCRIBED)) {
    const answer = await operations.call<{ tasks: Task[] }>('ecs', 'DescribeTasks', { cluster, tasks })
    found.push(...(answer.tasks ?? []))
  }
  return found
}

/** Until when tasks are protected, by ARN. */
async function readProtections(
  operations: Operations,
  cluster: string,
  tasks: readonly Task[],
): Promise<ReadonlyMap<string, number | undefined>> {
  const protections = new Map<string, number | undefined>()
  const ofServices = tasks.filter(({ group = '' }) => group.startsWith('service:'))
  for (const group of groupsOf(ofServices, MAX_DESCRIBED)) {
    const { protectedTasks = [] } = await operations.call<{
      protectedTasks: { taskArn: string; protectionEnabled: boolean; expirationDate?: number }[]
    }>('ecs', 'GetTaskProtection', { cluster, tasks: group.map(({ taskArn }) => taskArn) })
    for (const { taskArn, protectionEnabled, expirationDate } of protectedTasks) {
      if (protectionEnabled) protections.set(taskArn, epochMs(expirationDate))
    }
  }
  return protections
}

function taskEntry(task: Task, cluster: string, protectedUntilMs: number | undefined): TaskEntry {
  return {
    arn: task.taskArn,
    id: lastPart(task.taskArn),
    cluster: lastPart(cluster),
    group: task.group ?? '',
    definition: lastPart(task.taskDefinitionArn),
    status: task.lastStatus,
    createdAtMs: task.createdAt * 1_000,
    startedAtMs: epochMs(task.startedAt),
    stoppedAtMs: epochMs(task.stoppedAt),
    stoppedReason: task.stoppedReason,
    exitCode: task.containers?.find(({ exitCode }) => exitCode !== undefined)?.exitCode,
    cpu: task.cpu,
    memory: task.memory,
    protectedUntilMs,
  }
}

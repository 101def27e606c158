import type { TaskIdentity } from '../ecs-task.js'
import { askAgent } from './agent-http.js'

const DEADLINE_MS = 1_000

/**
 * The identity of the ECS task, or undefined outside of ECS and when the endpoint does not answer within a second: it is
 * good to have, and nothing depends on it.
 */
export async function readTaskIdentity(
  env: Readonly<Record<string, string | undefined>>,
): Promise<TaskIdentity | undefined> {
  const base = env.ECS_CONTAINER_METADATA_URI_V4
  if (base === undefined || base === '') return undefined
  try {
    const task = JSON.parse(await fetchText(`${base}/task`)) as Record<string, unknown>
    return {
      cluster: String(task.Cluster),
      taskArn: String(task.TaskARN),
      family: String(task.Family),
      revision: String(task.Revision),
      ...optional('service', task.ServiceName),
      ...optional('availabilityZone', task.AvailabilityZone),
      ...limitsOf(task.Limits),
    }
  } catch {
    return undefined
  }
}

// CPU in vCPUs, memory in MiB.
function limitsOf(limits: unknown): Pick<TaskIdentity, 'limits'> {
  if (typeof limits !== 'object' || limits === null) return {}
  const { CPU: cpus, Memory: mebibytes } = limits as Record<string, unknown>
  return {
    limits: {
      ...(typeof cpus === 'number' && cpus > 0 && { cpus }),
      ...(typeof mebibytes === 'number' && mebibytes > 0 && { memoryBytes: mebibytes * 1_048_576 }),
    },
  }
}

function optional(name: string, value: unknown): Record<string, string> {
  return typeof value === 'string' && value !== '' ? { [name]: value } : {}
}

async function fetchText(url: string): Promise<string> {
  const signal = AbortSignal.timeout(DEADLINE_MS)
  const { status, text } = await askAgent({ url, method: 'GET', signal })
  if (status !== 200) throw new Error(`HTTP ${status}`)
  return text
}

import { askAgent } from './agent-http.js'

/** Which task this process is in, from the task metadata endpoint, version 4. */
export interface TaskIdentity {
  readonly cluster: string
  readonly taskArn: string
  readonly family: string
  readonly revision: string
  /** Absent for a task that no service runs. */
  readonly service?: string | undefined
  readonly availabilityZone?: string | undefined
}

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
    }
  } catch {
    return undefined
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

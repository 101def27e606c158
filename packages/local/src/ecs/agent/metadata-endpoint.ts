/** The task metadata endpoint, version 4: `$ECS_CONTAINER_METADATA_URI_V4` and what lies under it. */
import type { Answer } from '../../server/answer.js'
import { plainAnswer, textAnswer } from '../../server/answer.js'
import type { AgentContainer } from './agent-container.js'
import type { ContainerStats } from './container-stats.js'
import { containerMetadata, taskMetadata } from './task-metadata.js'

export interface MetadataRequest {
  /** What follows the container's path: empty, `/task`, `/stats`… */
  readonly path: string
  readonly id: string
  readonly found: AgentContainer | undefined
  readonly stats: ContainerStats
}

export async function answerMetadata({ path, id, found, stats }: MetadataRequest): Promise<Answer> {
  const unknown = UNKNOWN[path]
  if (unknown === undefined) return textAnswer(404, '404 page not found\n')
  if (found === undefined) return plainAnswer(404, `${unknown}: ${id}`)
  return plainAnswer(200, await read(path, found, stats))
}

const CONTAINER = 'unable to get container ID from request: unable to get docker ID from v3 endpoint ID'
const TASK = 'unable to get task arn from request: unable to get task Arn from v3 endpoint ID'

/** What the agent answers where no container is known by that id (amazon-ecs-agent, ecs-agent/tmds/handlers/v4). */
const UNKNOWN: Readonly<Record<string, string>> = {
  '': `V4 container metadata handler: ${CONTAINER}`,
  '/task': `V4 task metadata handler: ${TASK}`,
  '/taskWithTags': `V4 task metadata handler: ${TASK}`,
  '/stats': `V4 container stats handler: ${CONTAINER}`,
  '/task/stats': `V4 task stats handler: ${TASK}`,
}

async function read(path: string, found: AgentContainer, stats: ContainerStats): Promise<unknown> {
  if (path === '/task') return taskMetadata(found, { withTags: false })
  if (path === '/taskWithTags') return taskMetadata(found, { withTags: true })
  if (path === '/stats') return stats.ofContainer(found.task, found.container)
  if (path === '/task/stats') return stats.ofTask(found.task)
  return containerMetadata(found.task, found.container)
}

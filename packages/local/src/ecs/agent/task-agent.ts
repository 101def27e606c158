import { randomBytes } from 'node:crypto'
import type { Clock } from '@longshore/core/time'
import type { TokenBucket } from '@longshore/model'
import { fullBucket, takeTokens } from '@longshore/model'
import type { Answer } from '../../server/answer.js'
import { textAnswer } from '../../server/answer.js'
import type { PathRequest } from '../../server/path-request.js'
import type { Striker } from '../../server/strike.js'
import type { Task } from '../task.js'
import type { AgentContainer } from './agent-container.js'
import { ContainerStats } from './container-stats.js'
import { answerMetadata } from './metadata-endpoint.js'
import { answerProtection, unknownTaskProtection } from './protection-endpoint.js'

export interface TaskAgentOptions {
  /** Real time: callers are limited by it. */
  readonly clock: Clock
  /** Scheme, host and port of the server; asked when a container starts. */
  readonly endpoint: () => string
  /** What strikes the agent's own calls to ECS. Default: nothing does. */
  readonly strike?: Striker['strike']
}

// The task metadata server's own limits (amazon-ecs-agent, ecs-agent/tmds).
const LIMIT = { perSecond: 40, burst: 60 }

// amazon-ecs-agent's paths, where `/v4/ID` and `/api/ID` name one container.
const PATH = /^\/(v4|api)\/([^/]+)(\/.*)?$/

/**
 * What the ECS agent is to a container on AWS: serves it the task's metadata and statistics, and scale-in protection,
 * under paths that only the container's own environment tells. One for the whole server; tasks of every account.
 */
export class TaskAgent {
  readonly #options: TaskAgentOptions
  readonly #containers = new Map<string, AgentContainer>()
  readonly #buckets = new WeakMap<Task, TokenBucket>()
  readonly #stats: ContainerStats

  constructor(options: TaskAgentOptions) {
    this.#options = options
    this.#stats = new ContainerStats(() => options.clock.now())
  }

  /** Takes a container on; answers the variables that lead it here. */
  admit(container: AgentContainer): Readonly<Record<string, string>> {
    const id = randomBytes(16).toString('hex')
    this.#containers.set(id, container)
    const endpoint = this.#options.endpoint()
    return {
      ECS_AGENT_URI: `${endpoint}/api/${id}`,
      ECS_CONTAINER_METADATA_URI_V4: `${endpoint}/v4/${id}`,
    }
  }

  /** Forgets a task that has stopped: from now on its paths are unknown. */
  dismiss(task: Task): void {
    for (const [id, container] of this.#containers) {
      if (container.task === task) this.#containers.delete(id)
    }
  }

  /** Serves an agent's path; undefined for any other. */
  serve(request: PathRequest): Promise<Answer> | Answer | undefined {
    const [, api, id = '', path = ''] = PATH.exec(request.path) ?? []
    if (api === undefined) return undefined
    const found = this.#containers.get(id)
    if (found !== undefined && !this.#isAdmitted(found.task)) return tooManyRequests()
    if (api === 'v4') return answerMetadata({ path, id, found, stats: this.#stats })
    if (path !== '/task-protection/v1/state') return textAnswer(404, '404 page not found\n')
    if (found === undefined) return unknownTaskProtection(request)
    const { clock, strike = () => undefined } = this.#options
    return answerProtection(request, found, { clock, strike, signal: request.signal })
  }

  #isAdmitted(task: Task): boolean {
    const nowMs = this.#options.clock.now()
    const bucket = this.#buckets.get(task) ?? fullBucket(LIMIT, nowMs)
    const take = takeTokens(bucket, LIMIT, { nowMs, wanted: 1 })
    this.#buckets.set(task, take.bucket)
    return take.taken === 1
  }
}

function tooManyRequests(): Answer {
  const answer = textAnswer(429, 'You have reached maximum request limit.')
  const limit = { 'X-Rate-Limit-Limit': LIMIT.perSecond.toFixed(2), 'X-Rate-Limit-Duration': '1' }
  return { ...answer, headers: { ...answer.headers, ...limit } }
}

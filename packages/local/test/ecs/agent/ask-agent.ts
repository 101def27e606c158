// A container's view of its agent, without HTTP in between.
import type { TaskAgent } from '../../../src/ecs/agent/task-agent.js'
import type { LocalEcs } from '../local-ecs.js'

export interface AgentAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

/** Asks by the full address, as a container does. */
export async function askAgent(
  agent: TaskAgent,
  uri: string,
  call: { readonly method?: string; readonly body?: string } = {},
): Promise<AgentAnswer> {
  const { method = 'GET', body = '' } = call
  const answer = await agent.serve({
    method,
    path: new URL(uri).pathname,
    query: new URLSearchParams(),
    headers: {},
    origin: new URL(uri).origin,
    signal: new AbortController().signal,
    caller: { accountId: '000000000000', region: 'us-east-1' },
    readBody: () => Promise.resolve(Buffer.from(body)),
  })
  if (answer === undefined) throw new Error(`the agent serves no ${uri}`)
  return { ...answer, body: String(answer.body) }
}

/** What a container needs to say so that {@link addressesIn} finds its agent. */
export const TELL_ADDRESSES = 'echo "agent $ECS_AGENT_URI $ECS_CONTAINER_METADATA_URI_V4"'

export interface Addresses {
  readonly agent: string
  readonly metadata: string
}

/** Waits until a container of the task has told its addresses. */
export async function addressesOf(local: LocalEcs, taskArn: string, container = 'main'): Promise<Addresses> {
  const find = (): string | undefined =>
    local.ecs
      .taskLog(taskArn)
      .find((entry) => entry.container === container && entry.line.startsWith('agent '))?.line
  await local.until(`${container} tells its addresses`, () => find() !== undefined, 500)
  const [, agent = '', metadata = ''] = find()?.split(' ') ?? []
  return { agent, metadata }
}

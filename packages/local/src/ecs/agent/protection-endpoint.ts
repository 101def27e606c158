/**
 * `GET` and `PUT $ECS_AGENT_URI/task-protection/v1/state`, as amazon-ecs-agent answers them
 * (ecs-agent/tmds/handlers/taskprotection/v1). Mind its shape: what ECS refuses for the task alone comes as 200 with
 * `failure`; only errors of the call have another status.
 */
import { randomUUID } from 'node:crypto'
import type { Answer } from '../../server/answer.js'
import { plainAnswer, textAnswer } from '../../server/answer.js'
import { AwsError } from '../../server/aws-error.js'
import type { PathRequest } from '../../server/path-request.js'
import type { AgentContainer, ProtectionOperation } from './agent-container.js'
import { callEcs, UnansweredCall } from './ecs-calls.js'
import type { EcsCallTools } from './ecs-calls.js'

interface ProtectionBody {
  readonly ProtectionEnabled: boolean | undefined
  readonly ExpiresInMinutes: number | undefined
}

/** What UpdateTaskProtection and GetTaskProtection answer. */
interface EcsAnswer {
  readonly protectedTasks: readonly {
    readonly taskArn: string
    readonly protectionEnabled: boolean
    readonly expirationDate?: number
  }[]
  readonly failures: readonly { readonly arn: string; readonly reason: string; readonly detail?: string }[]
}

export async function answerProtection(
  request: PathRequest,
  found: AgentContainer,
  tools: EcsCallTools,
): Promise<Answer> {
  const arn = found.task.arn
  if (request.method === 'GET') return call(found, { operation: 'GetTaskProtection', input: {} }, tools)
  if (request.method !== 'PUT') return textAnswer(405, '')
  const body = decode(await request.readBody())
  if (body === undefined) return undecodable()
  if (body.ProtectionEnabled === undefined) {
    return errorAnswer(400, {
      Arn: arn,
      Code: 'InvalidParameterException',
      Message: "Invalid request: does not contain 'ProtectionEnabled' field",
    })
  }
  const input = { protectionEnabled: body.ProtectionEnabled, expiresInMinutes: body.ExpiresInMinutes }
  return call(found, { operation: 'UpdateTaskProtection', input }, tools)
}

/** The answer on a path that leads to no task, or to one that has stopped. */
export async function unknownTaskProtection(request: PathRequest): Promise<Answer> {
  // The agent reads the request before it looks for the task.
  if (request.method === 'PUT' && decode(await request.readBody()) === undefined) return undecodable()
  return errorAnswer(404, {
    Code: 'ResourceNotFoundException',
    Message: 'Failed to find a task for the request',
  })
}

async function call(
  found: AgentContainer,
  { operation, input }: { readonly operation: ProtectionOperation; readonly input: object },
  tools: EcsCallTools,
): Promise<Answer> {
  const { arn, request } = found.task
  const ofTask = { ...input, cluster: request.cluster.arn, tasks: [arn] }
  try {
    const answer = await callEcs(found, { operation, input: ofTask }, tools)
    return plainAnswer(200, describe(answer as EcsAnswer))
  } catch (error) {
    if (error instanceof UnansweredCall) {
      return errorAnswer(error.status, { Arn: arn, Code: error.code, Message: error.message })
    }
    if (!(error instanceof AwsError)) throw error
    const details = { Arn: arn, Code: error.code, Message: error.message }
    return errorAnswer(error.status, details, randomUUID())
  }
}

function describe({ protectedTasks, failures }: EcsAnswer): object {
  const [failure] = failures
  if (failure !== undefined) {
    return { failure: { Arn: failure.arn, Detail: failure.detail ?? null, Reason: failure.reason } }
  }
  const [task] = protectedTasks
  const expirationDate = task?.expirationDate === undefined ? null : instant(task.expirationDate)
  return {
    protection: {
      ExpirationDate: expirationDate,
      ProtectionEnabled: task?.protectionEnabled,
      TaskArn: task?.taskArn,
    },
  }
}

/** As Go writes instants: without the zeros at the end of the fraction. */
function instant(epochSeconds: number): string {
  return new Date(epochSeconds * 1_000).toISOString().replace(/\.?0+Z$/, 'Z')
}

/**
 * The body as Go's decoder reads it when unknown fields are disallowed: names in any case, `null` for absent, the last
 * of two wins. Undefined for what it refuses.
 */
function decode(body: Buffer): ProtectionBody | undefined {
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || Array.isArray(value)) return undefined
  const fields = new Map(
    Object.entries(value ?? {}).map(([name, field]) => [name.toLowerCase(), field as unknown]),
  )
  const enabled = fields.get('protectionenabled') ?? undefined
  const minutes = fields.get('expiresinminutes') ?? undefined
  fields.delete('protectionenabled')
  fields.delete('expiresinminutes')
  if (fields.size > 0) return undefined
  if (enabled !== undefined && typeof enabled !== 'boolean') return undefined
  if (minutes !== undefined && !isInteger(minutes)) return undefined
  return { ProtectionEnabled: enabled, ExpiresInMinutes: minutes }
}

function undecodable(): Answer {
  const Message = 'UpdateTaskProtection: failed to decode request'
  return errorAnswer(400, { Code: 'InvalidParameterException', Message })
}

function isInteger(value: unknown): value is number {
  return Number.isInteger(value)
}

function errorAnswer(
  status: number,
  error: { readonly Arn?: string; readonly Code: string; readonly Message: string },
  requestID?: string,
): Answer {
  return plainAnswer(status, { ...(requestID === undefined ? {} : { requestID }), error })
}

/**
 * What the agent's answer to `PUT /task-protection/v1/state` means (amazon-ecs-agent,
 * ecs-agent/tmds/handlers/taskprotection/v1). Mind its shape: what ECS refuses for the task alone comes as 200 with
 * `failure`; only errors of the call itself have another status.
 */
export type ProtectionAnswer =
  | { readonly kind: 'set'; readonly isProtected: boolean }
  /** More tasks of the service would be protected than are desired. Passes when others end. */
  | { readonly kind: 'blocked'; readonly detail: string }
  /** This task can never be protected: no service runs it, or nothing answers there. */
  | { readonly kind: 'never'; readonly detail: string }
  | ProtectionFailure

export interface ProtectionFailure {
  readonly kind: 'failed'
  readonly status: number | undefined
  readonly detail: string
  /** True where the call may have taken effect all the same: no answer came, or the agent gave up waiting for ECS. */
  readonly isInDoubt: boolean
}

type Json = Readonly<Record<string, unknown>>

export function readProtectionAnswer(status: number, text: string): ProtectionAnswer {
  const body = parsed(text)
  if (body === undefined) {
    if (status === 404)
      return { kind: 'never', detail: 'This ECS agent has no endpoint for task protection.' }
    return failed(status, 'The answer is not JSON.')
  }
  const { protection, failure, error } = body
  if (isJson(failure)) return refused(status, failure)
  if (status === 200 && isJson(protection) && typeof protection.ProtectionEnabled === 'boolean') {
    return { kind: 'set', isProtected: protection.ProtectionEnabled }
  }
  if (isJson(error)) return failed(status, `${textOf(error.Code)}: ${textOf(error.Message)}`)
  return failed(status, 'The answer holds neither a protection, nor a failure, nor an error.')
}

function refused(status: number, { Reason, Detail }: Json): ProtectionAnswer {
  const reason = textOf(Reason)
  const detail = Detail === null || Detail === undefined ? reason : `${reason}: ${textOf(Detail)}`
  if (reason === 'DEPLOYMENT_BLOCKED') return { kind: 'blocked', detail }
  if (reason === 'TASK_NOT_VALID') return { kind: 'never', detail }
  // ECS has answered, so nothing has changed.
  return { kind: 'failed', status, detail, isInDoubt: false }
}

function failed(status: number, detail: string): ProtectionFailure {
  return { kind: 'failed', status, detail, isInDoubt: status < 400 || status >= 500 }
}

function parsed(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isJson(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}

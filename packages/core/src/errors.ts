import type { Finding } from './finding.js'
import type { OptionProblem } from './option-problems.js'
import { describeProblems } from './option-problems.js'

/**
 * The error catalogue. Errors sort by who must act, and each has a literal `code` to match on; what your own code
 * threw stays as it was thrown, in `cause`.
 */
export class LongshoreError extends Error {
  /** A stable, literal code; messages may change, codes do not. */
  readonly code: string = 'LONGSHORE_ERROR'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}

/** The developer must act, before start: options that cannot work. Lists every problem at once. */
export class OptionsError extends LongshoreError {
  override readonly code = 'LONGSHORE_OPTIONS'
  readonly problems: readonly OptionProblem[]

  constructor(where: string, problems: readonly OptionProblem[]) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
    super(`${where}: ${count}${describeProblems(problems)}`)
    this.problems = problems
  }
}

/** One thing wrong with a message: where in it, and what. */
export interface PayloadProblem {
  /** The path inside the message: `key`, `items[2].price`; empty for the message as a whole. */
  readonly path: string
  readonly message: string
}

/**
 * The message's sender must act: it can never be read. It is not JSON, fails the queue's schema, is in another envelope, or
 * its large payload is gone. The message is kept, never deleted.
 */
export class PayloadError extends LongshoreError {
  override readonly code = 'LONGSHORE_PAYLOAD'
  readonly problems: readonly PayloadProblem[]

  constructor(message: string, problems: readonly PayloadProblem[], options?: ErrorOptions) {
    super(message, options)
    this.problems = problems
  }
}

/** What a {@link PayloadStoreError} knows. */
export interface PayloadStoreDetails {
  readonly operation: 'put' | 'get' | 'remove'
  /** Where the payload lies, or should: `bucket/key`. */
  readonly place: string
  readonly detail: string
  /** False when only somebody's act can help, such as a change of the task role's policy; it is not tried again at once. */
  readonly mayPass: boolean
  readonly cause?: unknown
}

/** The operator must act, or nobody: a large payload could not be stored, fetched or removed for now. Its message is kept. */
export class PayloadStoreError extends LongshoreError {
  override readonly code = 'LONGSHORE_PAYLOAD_STORE'
  readonly operation: PayloadStoreDetails['operation']
  readonly place: string
  readonly mayPass: boolean

  constructor({ operation, place, detail, mayPass, cause }: PayloadStoreDetails) {
    super(`The payload ${place} cannot be ${PAST[operation]}: ${detail}`, { cause })
    this.operation = operation
    this.place = place
    this.mayPass = mayPass
  }
}

const PAST = { put: 'stored', get: 'fetched', remove: 'removed' } as const

/** The handler's author must act: a handling ran past `handlerTimeout`. The reason of the handler's `signal`. */
export class HandlerTimeoutError extends LongshoreError {
  override readonly code = 'LONGSHORE_HANDLER_TIMEOUT'
}

/**
 * The handler's author must act: more than `maxStuck` handlers ignore their abort and run on. `run()` rejects with it;
 * let that end the process, since nothing else ends them.
 */
export class StuckHandlersError extends LongshoreError {
  override readonly code = 'LONGSHORE_STUCK_HANDLERS'

  constructor(stuck: number, maxStuck: number) {
    super(
      `${stuck} handlers ignore the abort of their signal and run on; at most ${maxStuck} may (maxStuck). ` +
        'Hand the signal to what the handler waits for; until then only a new process helps.',
    )
  }
}

/**
 * Our hold on a message ended while it was handled, so SQS may have given it to another worker. The reason of the
 * handler's `signal`; whatever the handler does now, its message is not deleted by this worker.
 */
export class LeaseLostError extends LongshoreError {
  override readonly code = 'LONGSHORE_LEASE_LOST'
}

/** Nobody must act: the worker is stopping and the time for finishing is over. The reason of the handler's `signal`. */
export class DrainDeadlineError extends LongshoreError {
  override readonly code = 'LONGSHORE_DRAIN_DEADLINE'
}

/** The worker or producer is in no state for what was asked of it, such as starting after it stopped. */
export class LifecycleError extends LongshoreError {
  override readonly code = 'LONGSHORE_LIFECYCLE'
}

/** Why a call to SQS failed; decides whether trying again can help. */
export type QueueCallReason =
  | 'notFound'
  | 'denied'
  | 'credentials'
  | 'region'
  | 'invalid'
  | 'throttled'
  | 'unreachable'
  | 'timeout'
  | 'service'
  | 'aborted'

/** What a {@link QueueCallError} knows. */
export interface QueueCallDetails {
  /** The SQS operation: `ReceiveMessage`. */
  readonly operation: string
  /** The queue's URL or name. */
  readonly queue: string
  /** Where the call went, if not to AWS's own endpoint for the region. */
  readonly endpoint?: string | undefined
  readonly reason: QueueCallReason
  /** AWS's own error code, if an answer came. */
  readonly awsCode?: string | undefined
  readonly detail: string
  readonly cause?: unknown
}

const WHAT_TO_DO: Record<QueueCallReason, string> = {
  notFound: 'Check its URL or name, the region and the account; Longshore never creates a queue.',
  denied: "Allow this action on the queue in the task role's policy.",
  credentials: 'Give the task definition a task role, or set AWS credentials for this process.',
  region: 'Set the region option, or AWS_REGION.',
  invalid: 'SQS refused the request as it stands.',
  throttled: 'SQS asks for fewer calls.',
  unreachable: 'Check the network, security groups and the endpoint setting.',
  timeout: 'No answer came in time.',
  service: 'The fault is on the side of SQS.',
  aborted: 'The call was given up because the worker is stopping.',
}

// Without someone changing the deployment these fail for ever; everything else may pass by itself.
const CONFIGURATION: ReadonlySet<QueueCallReason> = new Set([
  'notFound',
  'denied',
  'credentials',
  'region',
  'invalid',
])

/** We or the operator must act: a call to SQS failed. Names the queue, the endpoint, and what to do. */
export class QueueCallError extends LongshoreError {
  override readonly code = 'LONGSHORE_QUEUE_CALL'
  readonly operation: string
  readonly queue: string
  readonly endpoint: string | undefined
  readonly reason: QueueCallReason
  readonly awsCode: string | undefined

  constructor(details: QueueCallDetails) {
    const { operation, queue, endpoint, reason, awsCode, detail, cause } = details
    const at = endpoint === undefined ? '' : ` at ${endpoint}`
    const said = awsCode === undefined ? detail : `${awsCode}: ${detail}`
    super(`${operation} on queue ${queue}${at} failed: ${said} ${WHAT_TO_DO[reason]}`, { cause })
    this.operation = operation
    this.queue = queue
    this.endpoint = endpoint
    this.reason = reason
    this.awsCode = awsCode
  }

  /** True when only a change of configuration can help: the queue, its policy, credentials, the region. */
  get isConfiguration(): boolean {
    return CONFIGURATION.has(this.reason)
  }
}

/** The sender must act: SQS refused a message, or could not take it before `sendTimeout`. */
export class SendError extends LongshoreError {
  override readonly code = 'LONGSHORE_SEND'
}

/** The operator must act: the doctor found problems, and the worker has `doctor: 'fail'`. */
export class DoctorError extends LongshoreError {
  override readonly code = 'LONGSHORE_DOCTOR'
  readonly findings: readonly Finding[]

  constructor(queue: string, findings: readonly Finding[]) {
    const lines = findings.map(
      ({ code, found, expected, fix }) => `  ${code}: found ${found}; expected ${expected}. ${fix}`,
    )
    super(`The doctor refuses to start a worker on ${queue}:\n${lines.join('\n')}`)
    this.findings = findings
  }
}

/** The maintainers must act: something that must hold did not. Please report it. */
export class InvariantError extends LongshoreError {
  override readonly code = 'LONGSHORE_INVARIANT'
}

interface AwsErrorOptions {
  readonly status?: number
  readonly queryCode?: string
  readonly queryMessage?: string
}

/** An answer that AWS gives as an error: its code and message as AWS writes them, and the HTTP status. */
export class AwsError extends Error {
  /** The error's shape name, as in the body's `__type` (`QueueDoesNotExist`). */
  readonly code: string
  /** HTTP status; 400 unless AWS says otherwise. */
  readonly status: number
  /** The code of the older query protocol, where it differs (`AWS.SimpleQueueService.NonExistentQueue`): sent in `x-amzn-query-error`. */
  readonly queryCode: string | undefined
  /** What the query protocol says, where it says it in other words. */
  readonly queryMessage: string | undefined

  constructor(code: string, message: string, options: AwsErrorOptions = {}) {
    super(message)
    this.name = 'AwsError'
    this.code = code
    this.status = options.status ?? 400
    this.queryCode = options.queryCode
    this.queryMessage = options.queryMessage
  }

  /** True when the caller is at fault. */
  get isSenderFault(): boolean {
    return this.status < 500
  }
}

/** What a call ended with, as an answer. Anything but an {@link AwsError} is a fault of ours, and says so. */
export function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error
  const cause = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return new AwsError('InternalFailure', `@longshore/local failed at this call; please report it. ${cause}`, {
    status: 500,
  })
}

/** The answer to calls that come while everything stops. */
export function stopping(): AwsError {
  return new AwsError('ServiceUnavailable', '@longshore/local is stopping.', { status: 503 })
}

/** `what` goes on from "does not implement". */
export function unknownOperation(what: string): AwsError {
  return new AwsError('UnknownOperationException', `@longshore/local does not implement ${what}.`, {
    queryCode: 'InvalidAction',
  })
}

/** The body, or a part of it, is not what its protocol says. */
export function serializationError(message: string): AwsError {
  return new AwsError('SerializationException', message)
}

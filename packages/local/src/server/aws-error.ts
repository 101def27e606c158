/** An answer that AWS gives as an error: its code and message as AWS writes them, and the HTTP status. */
export class AwsError extends Error {
  /** The error's shape name, as in the body's `__type` (`QueueDoesNotExist`). */
  readonly code: string
  /** HTTP status; 400 unless AWS says otherwise. */
  readonly status: number
  /** The code of the older query protocol, where it differs (`AWS.SimpleQueueService.NonExistentQueue`): sent in `x-amzn-query-error`. */
  readonly queryCode: string | undefined

  constructor(code: string, message: string, options: { status?: number; queryCode?: string } = {}) {
    super(message)
    this.name = 'AwsError'
    this.code = code
    this.status = options.status ?? 400
    this.queryCode = options.queryCode
  }

  /** True when the caller is at fault. */
  get isSenderFault(): boolean {
    return this.status < 500
  }
}

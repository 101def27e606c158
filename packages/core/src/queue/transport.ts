/** A request as the SDK hands it to what carries it. */
export interface CarriedRequest {
  readonly method: string
  readonly protocol: string
  readonly hostname: string
  readonly port?: number | undefined
  readonly path: string
  readonly query?: Readonly<Record<string, string | readonly string[] | null>> | undefined
  readonly headers: Record<string, string>
  readonly body?: string | Uint8Array | undefined
}

export interface CarriedAnswer {
  readonly statusCode: number
  readonly headers: Record<string, string>
  readonly body: Uint8Array
}

/** What carries a client's requests: the SDK's port for it, of which the client destroys what it was given. */
export interface RequestHandler {
  readonly metadata: { readonly handlerProtocol: string }
  handle(
    request: CarriedRequest,
    options?: { readonly abortSignal?: object | undefined },
  ): Promise<{ response: CarriedAnswer }>
  updateHttpClientConfig(): void
  httpHandlerConfigs(): Record<string, never>
  destroy(): void
}

/** What one client needs of its connections. */
export interface ConnectionPool {
  /** The most at one time, one call each. */
  readonly connections: number
  /** How long connecting may take. */
  readonly connectTimeoutMs: number
}

/**
 * How calls travel to SQS, below the official client. Asked once for the receives and once for the settlements: each has
 * connections of its own, so that long polls never keep a delete waiting.
 */
export type Transport = (pool: ConnectionPool) => RequestHandler

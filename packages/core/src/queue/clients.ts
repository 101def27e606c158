import type { SQSClientConfig } from '@aws-sdk/client-sqs'
import { SQSClient } from '@aws-sdk/client-sqs'
import type { Place } from './place.js'

/** Receives wait for up to 20 s; settlements must never queue behind them for a connection. */
export interface Clients {
  readonly receives: SQSClient
  readonly settlements: SQSClient
  /** Undefined: the endpoint is the client owner's business. */
  readonly endpoint: string | undefined
  close(): void
}

const CONNECTION_TIMEOUT_MS = 3_000
// 10 calls in flight settle 100 messages; at 20 ms a call this is 25,000 messages a second.
const SETTLEMENT_SOCKETS = 50

export function ownClients(place: Place, maxReceives: number): Clients {
  const receives = new SQSClient(clientConfig(place, maxReceives + 1))
  // One lookup of credentials serves both.
  const { credentials } = receives.config
  const settlements = new SQSClient({ ...clientConfig(place, SETTLEMENT_SOCKETS), credentials })
  const close = (): void => {
    receives.destroy()
    settlements.destroy()
  }
  return { receives, settlements, endpoint: place.endpoint, close }
}

export function givenClient(client: SQSClient): Clients {
  return { receives: client, settlements: client, endpoint: undefined, close: () => {} }
}

function clientConfig({ region, endpoint }: Place, maxSockets: number): SQSClientConfig {
  const agent = { keepAlive: true, maxSockets }
  return {
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    // The endpoint above already is the queue URL's host, unless another one was asked for.
    useQueueUrlAsEndpoint: false,
    // Attempts, their backoff and their deadlines are ours: a retry inside the SDK would hide a lost answer from us.
    maxAttempts: 1,
    cacheMiddleware: true,
    requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, httpAgent: agent, httpsAgent: agent },
  }
}

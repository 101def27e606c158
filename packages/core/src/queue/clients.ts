import type { SQSClientConfig } from '@aws-sdk/client-sqs'
import { SQSClient } from '@aws-sdk/client-sqs'
import type { Sender } from './cached-send.js'
import { cachedSend } from './cached-send.js'
import { BodyMd5, makeLean } from './lean-stack.js'
import type { Place } from './place.js'
import { CachingSigner } from './signer.js'
import type { Transport } from './transport.js'

/** Receives wait for up to 20 s; settlements must never queue behind them for a connection. */
export interface Clients {
  readonly receives: Sender
  readonly settlements: Sender
  /** Undefined: the endpoint is the client owner's business. */
  readonly endpoint: string | undefined
  close(): void
}

const CONNECTION_TIMEOUT_MS = 3_000
// 10 calls in flight settle 100 messages; at 20 ms a call this is 25,000 messages a second.
const SETTLEMENT_SOCKETS = 50

export function ownClients(place: Place, maxReceives: number, transport?: Transport): Clients {
  const receives: SQSClient = new SQSClient({
    ...clientConfig(place, maxReceives + 1, transport),
    signer: new CachingSigner(() => receives.config),
  })
  // One lookup of credentials serves both.
  const { credentials } = receives.config
  const settlements: SQSClient = new SQSClient({
    ...clientConfig(place, SETTLEMENT_SOCKETS, transport),
    signer: new CachingSigner(() => settlements.config),
    credentials,
  })
  for (const client of [receives, settlements]) makeLean(client)
  const close = (): void => {
    receives.destroy()
    settlements.destroy()
  }
  return {
    receives: cachedSend(receives),
    settlements: cachedSend(settlements),
    endpoint: place.endpoint,
    close,
  }
}

export function givenClient(client: SQSClient): Clients {
  return { receives: client, settlements: client, endpoint: undefined, close: () => {} }
}

function clientConfig(
  { region, endpoint }: Place,
  connections: number,
  transport: Transport | undefined,
): SQSClientConfig {
  const agent = { keepAlive: true, maxSockets: connections }
  return {
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    // The endpoint above already is the queue URL's host, unless another one was asked for.
    useQueueUrlAsEndpoint: false,
    // Attempts, their backoff and their deadlines are ours: a retry inside the SDK would hide a lost answer from us.
    maxAttempts: 1,
    cacheMiddleware: true,
    md5: BodyMd5,
    requestHandler: transport?.({ connections, connectTimeoutMs: CONNECTION_TIMEOUT_MS }) ?? {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      httpAgent: agent,
      httpsAgent: agent,
    },
  }
}

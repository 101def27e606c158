import type { SQSClientConfig } from '@aws-sdk/client-sqs'
import { SQSClient } from '@aws-sdk/client-sqs'
import type { Sender } from './direct-send.js'
import { directSend } from './direct-send.js'
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
  const receives = ownClient(clientConfig(place, maxReceives + 1, transport))
  // One lookup of credentials serves both.
  const { credentials } = receives.client.config
  const settlements = ownClient({ ...clientConfig(place, SETTLEMENT_SOCKETS, transport), credentials })
  return {
    receives: directSend(receives.client, receives.signer),
    settlements: directSend(settlements.client, settlements.signer),
    endpoint: place.endpoint,
    close: () => {
      receives.client.destroy()
      settlements.client.destroy()
    },
  }
}

interface Own {
  readonly client: SQSClient
  readonly signer: CachingSigner
}

function ownClient(config: SQSClientConfig): Own {
  const signer: CachingSigner = new CachingSigner(() => client.config)
  const client: SQSClient = new SQSClient({ ...config, signer })
  makeLean(client)
  return { client, signer }
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

import type { Clock } from '@longshore/core/time'

/** What a call brings besides its input. */
export interface CallContext {
  /** Scheme and host as the caller wrote them (`http://127.0.0.1:4566`): QueueUrls are built from it. */
  readonly origin: string
  /**
   * Aborts when the caller closes its connection before the answer is handed over: a long poll must then take nothing.
   * It may abort after the operation has returned, too; what was taken for the caller is then put back.
   */
  readonly signal: AbortSignal
  /** Present when a fault wants this ReceiveMessage to deliver a message once more, besides what it finds. */
  readonly redeliver?: Redeliver
}

/** A duplicate delivery that a fault asks of a standard queue. */
export interface Redeliver {
  /** Of a message that a receiver holds, or of one that was deleted. */
  readonly of: 'in-flight' | 'deleted'
  /** Called when there is such a message: true to deliver it. */
  readonly claim: () => boolean
}

/** One operation: input as parsed from the wire, unchecked; the answer is what the wire carries. Throws {@link AwsError}. */
export type Operation = (input: Record<string, unknown>, context: CallContext) => unknown

/** What this package adds to a service, such as an interruption by command: a JSON object for another. Throws {@link AwsError}. */
export type Command = (input: Record<string, unknown>) => unknown

/** One AWS service inside one account and region. The router finds an operation by the name in `X-Amz-Target`. */
export interface Service {
  readonly operations: Readonly<Record<string, Operation>>
  /** What AWS has not, by the last part of its path: `POST /_longshore/ecs/interrupt-spot`. */
  readonly commands?: Readonly<Record<string, Command>>
  /** Stops timers, answers waiting calls, ends child processes. */
  close(): void | Promise<void>
}

/** What every service of an account is made with. */
export interface AccountContext {
  readonly accountId: string
  readonly region: string
  /** Real time: SQS runs on it, so that leases hold for the workers. */
  readonly clock: Clock
  /** Accelerated by `timeScale`: CloudWatch, Application Auto Scaling and ECS run on it. */
  readonly controlClock: Clock
  /** Uniform in [0, 1); seeded, so that a run can be repeated. */
  readonly random: () => number
}

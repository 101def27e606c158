// OpenTelemetry's semantic conventions for messaging, and for SQS, as of version 1.37:
// opentelemetry.io/docs/specs/semconv/messaging/messaging-spans, …/messaging-metrics, …/sqs
import type { Attributes } from '@opentelemetry/api'

/** What a client does with a queue, by its name and type in the conventions. */
export const OPERATIONS = {
  send: { name: 'send', type: 'send' },
  receive: { name: 'receive', type: 'receive' },
  process: { name: 'process', type: 'process' },
  delete: { name: 'delete', type: 'settle' },
  makeVisible: { name: 'make_visible', type: 'settle' },
  heartbeat: { name: 'heartbeat', type: undefined },
} as const

export type Operation = keyof typeof OPERATIONS

/** What every span and metric of an operation on a queue carries. */
export function operationAttributes(operation: Operation, queue: string): Attributes {
  const { name, type } = OPERATIONS[operation]
  return {
    'messaging.system': 'aws_sqs',
    'messaging.operation.name': name,
    ...(type === undefined ? {} : { 'messaging.operation.type': type }),
    'messaging.destination.name': queue,
  }
}

/** A name of few values for what went wrong: our code, else the error's name. */
export function errorType(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '_OTHER'
  const code: unknown = Reflect.get(error, 'code')
  if (typeof code === 'string' && code !== '') return code
  return error instanceof Error ? error.name : '_OTHER'
}

/** Bounds of histograms of durations, in seconds. */
export const DURATION_BOUNDS: number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
]

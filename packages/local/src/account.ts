import type { TaskOutput } from './options.js'
import type { ServiceName } from './server/protocol.js'
import type { AccountContext, Service } from './server/service.js'
import { Sqs } from './sqs/sqs.js'

/** What the services of an account are set up with. */
export interface AccountSettings {
  /** Control-plane milliseconds from a task's creation to its process. */
  readonly launchDelayMs: number
  /** Control-plane milliseconds until an AWS/SQS metric shows. */
  readonly metricDelayMs: number
  readonly workingDirectory: string
  /** Variables that let a task's process reach this account; read at each launch. */
  readonly taskEnvironment: () => Record<string, string>
  readonly onTaskOutput: (output: TaskOutput) => void
}

/** The services of one account in one region. */
export interface Account {
  readonly services: Readonly<Partial<Record<ServiceName, Service>>>
  close(): Promise<void>
}

/** Makes an account's services and connects them. */
export function openAccount(context: AccountContext, _settings: AccountSettings): Account {
  const sqs = new Sqs(context)
  return {
    services: { sqs },
    close: async () => {
      sqs.close()
    },
  }
}

import { checkDeadLetters } from './doctor/dead-letters.js'
import { readParentName } from './doctor/parent-name.js'
import { checkPermissions, permissionDenied } from './doctor/permissions.js'
import { checkProcess, checkRegion } from './doctor/process-checks.js'
import { checkQueue, checkTimes } from './doctor/queue-checks.js'
import { drainBudget } from './ecs/drain-budget.js'
import { QueueCallError } from './errors.js'
import type { Finding } from './finding.js'
import type { WorkerConfig, WorkerOptions } from './options.js'
import { workerConfig } from './options.js'
import type { QueueLocation } from './queue/definition.js'
import { GuardedPort } from './queue/guarded-port.js'
import { openQueue } from './queue/open-queue.js'
import type { QueueFacts } from './queue/port.js'

/** What the doctor is shown. */
export interface Patient {
  readonly config: WorkerConfig
  readonly port: GuardedPort
  readonly facts: QueueFacts
  readonly stop: AbortSignal
}

/**
 * Looks at a queue, and at this process as a worker of it with these options, without changing either: no message is
 * received or sent. What is found comes with its fix. A worker does the same at its start (option `doctor`).
 *
 * @throws QueueCallError when the queue cannot be reached at all.
 * @throws OptionsError when the options are wrong.
 */
export async function inspect(queue: QueueLocation, options: WorkerOptions = {}): Promise<Finding[]> {
  const config = workerConfig(options)
  const port = new GuardedPort(config.port ?? openQueue(queue), { clock: config.clock })
  const stop = new AbortController().signal
  try {
    const facts = await port.describe(stop)
    const found = await Promise.all([
      examineQueue({ config, port, facts, stop }),
      examineProcess(config),
      checkPermissions(port, stop),
    ])
    return found.flat()
  } catch (error) {
    if (!(error instanceof QueueCallError && error.reason === 'denied')) throw error
    return [permissionDenied(`sqs:${error.operation}`, error)]
  } finally {
    port.close()
  }
}

/** What can be found out with what the start has already asked: only a dead-letter queue costs calls. */
export async function examineQueue({ config, port, facts, stop }: Patient): Promise<Finding[]> {
  const { handlerTimeoutMs, abortGraceMs, stopTimeoutMs } = config
  const { finishMs } = drainBudget(stopTimeoutMs)
  const visibilityTimeoutMs = config.visibilityTimeoutMs ?? facts.visibilityTimeoutMs
  return [
    ...checkTimes({ visibilityTimeoutMs, handlerTimeoutMs, abortGraceMs, stopTimeoutMs, finishMs }),
    ...checkQueue(facts),
    ...checkRegion(process.env, facts.arn),
    ...(await checkDeadLetters(port, facts, stop)),
  ]
}

/** What the process itself shows, whatever its queues. */
export async function examineProcess({ stopTimeoutMs }: WorkerConfig): Promise<Finding[]> {
  const parentName = await readParentName()
  return checkProcess({ env: process.env, parentName }, stopTimeoutMs)
}

import type {
  Aws,
  MetricSample,
  QueueCounts,
  RunningTask,
  ScalingActivity,
  ServiceCounts,
  ServiceEvent,
} from '../src/aws/port.js'
import { AwsCallError } from '../src/errors.js'
import type { AwsCallCode } from '../src/errors.js'
import { fakeAccount } from './fake-account.js'
import type { FakeAccount } from './fake-account.js'

type CallName = Exclude<keyof Aws, 'close'>

/** An AWS in memory at the port: it keeps what it is told, and fails where a test says so. */
export interface FakeAws extends Aws {
  readonly account: FakeAccount
  queue: QueueCounts
  service: ServiceCounts
  noisy: number | undefined
  handledByWorkers: { count: number; busyMs: number }
  activities: ScalingActivity[]
  readonly tasks: RunningTask[]
  protectedCount: number
  events: ServiceEvent[]
  readonly published: MetricSample[]
  /** Calls in their order, by method name. */
  readonly calls: CallName[]
  /** Makes calls of this name fail from now on; undefined mends it. */
  fail(call: CallName, code: AwsCallCode | undefined): void
  /** Makes calls of this name wait until aborted. */
  hang(call: CallName): void
  /** Makes the n-th changing call from now on fail, before it does anything or after; undefined: none. */
  breakOff(at: { readonly call: number; readonly isDone: boolean } | undefined): void
}

const CHANGING = /^(register|put|delete|deregister|setDesired)/

export function fakeAws(): FakeAws {
  const failures = new Map<string, AwsCallCode>()
  const hanging = new Set<string>()
  const account: FakeAccount = { target: null, policies: [], scheduled: [], alarms: [] }
  let breaking: { call: number; isDone: boolean } | undefined

  const answer = async <T>(call: CallName, value: () => T | Promise<T>, signal?: AbortSignal): Promise<T> => {
    aws.calls.push(call)
    const code = failures.get(call)
    if (code !== undefined) throw new AwsCallError(code, `${call} failed.`)
    if (hanging.has(call)) await new Promise((resolve) => signal?.addEventListener('abort', resolve))
    if (signal?.aborted) throw new AwsCallError('CALL_ABORTED', `${call} was given up.`)
    const isBreaking = CHANGING.test(call) && breaking !== undefined && (breaking.call -= 1) === 0
    if (isBreaking && breaking?.isDone === false) throw new AwsCallError('CALL_FAILED', `${call} broke off.`)
    const result = await value()
    if (isBreaking) throw new AwsCallError('CALL_FAILED', `The answer to ${call} was lost.`)
    return result
  }

  const own: Partial<Aws> = {
    ...fakeAccount(account),
    queueCounts: async () => aws.queue,
    serviceCounts: async () => aws.service,
    noisyVisible: async () => aws.noisy,
    handled: async () => aws.handledByWorkers,
    visibilityTimeoutSeconds: async () => 30,
    serviceTasks: async () => aws.tasks.map(({ arn }) => arn),
    runningTasks: async (_service, arns) => aws.tasks.filter(({ arn }) => arns.includes(arn)),
    protectedTasks: async () => aws.protectedCount,
    serviceEvents: async () => aws.events,
    containerInsights: async () => true,
    taskSettings: async () => ({ cpuUnits: 256, stopTimeoutSeconds: 30 }),
    publishMetrics: async (samples) => void aws.published.push(...samples),
    scalingActivities: async () => aws.activities,
    setDesiredCount: async (_service, desired) => {
      aws.service = { ...aws.service, desired }
    },
  }
  // Every call by way of `answer`; the signal, where there is one, comes last.
  const calls = Object.fromEntries(
    Object.entries(own).map(([name, run]) => [
      name,
      (...input: unknown[]) =>
        answer(
          name as CallName,
          () => (run as (...input: unknown[]) => Promise<unknown>)(...input),
          input.findLast((each): each is AbortSignal => each instanceof AbortSignal),
        ),
    ]),
  )
  const aws: FakeAws = {
    ...(calls as unknown as Aws),
    account,
    queue: { visible: 0, inFlight: 0, delayed: 0 },
    service: { desired: 1, running: 1, pending: 0, isDeploying: false },
    noisy: undefined,
    handledByWorkers: { count: 0, busyMs: 0 },
    activities: [],
    tasks: [],
    protectedCount: 0,
    events: [],
    published: [],
    calls: [],
    fail: (call, code) => void (code === undefined ? failures.delete(call) : failures.set(call, code)),
    hang: (call) => void hanging.add(call),
    breakOff: (at) => void (breaking = at && { ...at }),
    close: () => {},
  }
  return aws
}

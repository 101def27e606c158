import type { Aws } from './aws/port.js'
import type { Service } from './config/service.js'
import { AwsCallError } from './errors.js'
import { readLive } from './observe/live.js'
import type { Facts } from './plan/lint/facts.js'
import type { LintFinding } from './plan/lint/finding.js'
import { lint } from './plan/lint/lint.js'
import { planFor } from './plan/plan.js'

/** Options of {@link lintAccount}. */
export interface LintOptions {
  readonly aws: Aws
  /** How many vCPUs the account may run at a time; default: not looked at. */
  readonly vcpuQuota?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * {@link lint} with what the account has: other policies on the service, its queues, its task definition. What cannot be
 * read is a finding `unread`, and the rest is looked at.
 */
export async function lintAccount(
  service: Service,
  { aws, vcpuQuota, signal }: LintOptions,
): Promise<LintFinding[]> {
  const unread: LintFinding[] = []
  const tried = async <T>(reading: Promise<T>): Promise<T | undefined> => {
    try {
      return await reading
    } catch (error) {
      if (!(error instanceof AwsCallError) || error.code === 'CALL_ABORTED') throw error
      unread.push(unreadable(error))
      return undefined
    }
  }
  const { strategy } = service
  const isMath = strategy.kind === 'targetTracking' && strategy.metric === 'math'
  const [live, task, containerInsights, ...queues] = await Promise.all([
    tried(readLive(planFor(service), aws, signal)),
    tried(aws.taskSettings(service, signal)),
    isMath ? tried(aws.containerInsights(service.cluster, signal)) : undefined,
    ...service.queues.map(async ({ name }) => {
      const visibilityTimeoutSeconds = await tried(aws.visibilityTimeoutSeconds(name, signal))
      return visibilityTimeoutSeconds === undefined ? undefined : { name, visibilityTimeoutSeconds }
    }),
  ])
  const facts: Facts = {
    task,
    vcpuQuota,
    containerInsights,
    queues: queues.filter((queue) => queue !== undefined),
  }
  return [...lint(service, { live, facts }), ...unread]
}

function unreadable({ message }: AwsCallError): LintFinding {
  return {
    code: 'unread',
    severity: 'note',
    found: message,
    expected: 'an answer: what follows from it was not looked at',
    fix: 'Mend that, and look again.',
  }
}

import type { Finding } from '../finding.js'

/** What a process can tell of itself. */
export interface ProcessFacts {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The name of the program that started this one, where the system tells. */
  readonly parentName: string | undefined
}

// What starts a command and keeps SIGTERM to itself. An init (tini, docker-init) hands it on.
const SWALLOWS_SIGNALS = /^(-?(sh|bash|dash|ash|zsh|busybox)|npm|npx|yarn|pnpm)\b/

// Fargate's own limit for stopTimeout.
const FARGATE_STOP_MS = { least: 2_000, most: 120_000 }

/** What the process says of how it will be stopped. Outside of a task there is nothing to say. */
export function checkProcess({ env, parentName }: ProcessFacts, stopTimeoutMs: number): Finding[] {
  if (!nonEmpty(env.ECS_CONTAINER_METADATA_URI_V4)) return []
  return [...checkSignals(env.npm_lifecycle_event, parentName), ...checkFargate(env, stopTimeoutMs)]
}

function checkSignals(script: string | undefined, parentName: string | undefined): Finding[] {
  const isBehindShell = parentName !== undefined && SWALLOWS_SIGNALS.test(parentName)
  if (!nonEmpty(script) && !isBehindShell) return []
  const found = nonEmpty(script)
    ? `a process started by npm (its script ${script})`
    : `a process behind ${parentName}`
  return [
    {
      code: 'signals-swallowed',
      severity: 'problem',
      found,
      expected:
        'the process that ECS starts itself: SIGTERM reaches no other, and the task is killed mid-work',
      fix: 'Write the command in exec form, CMD ["node", "worker.js"]; with initProcessEnabled, too.',
    },
  ]
}

function checkFargate(env: ProcessFacts['env'], stopTimeoutMs: number): Finding[] {
  const { least, most } = FARGATE_STOP_MS
  const isFargate = env.AWS_EXECUTION_ENV === 'AWS_ECS_FARGATE'
  if (!isFargate || (stopTimeoutMs >= least && stopTimeoutMs <= most)) return []
  return [
    {
      code: 'stop-timeout-refused',
      severity: 'problem',
      found: `a stopTimeout of ${stopTimeoutMs / 1_000} s on Fargate`,
      expected: `${least / 1_000}–${most / 1_000} s, which is what Fargate allows: it kills the task sooner than the worker plans for`,
      fix: 'Set stopTimeout to what the task definition has.',
    },
  ]
}

/** A worker far from its queue pays for every message, and may be one whose region is wrong. */
export function checkRegion(env: ProcessFacts['env'], queueArn: string | undefined): Finding[] {
  const region = queueArn?.split(':')[3]
  const own = nonEmpty(env.AWS_REGION) ? env.AWS_REGION : env.AWS_DEFAULT_REGION
  if (!nonEmpty(region) || !nonEmpty(own) || region === own) return []
  return [
    {
      code: 'region-other',
      severity: 'problem',
      found: `a queue in ${region} and a worker in ${own}`,
      expected: 'both in one region',
      fix: 'Check the queue’s URL, or run the worker where the queue is.',
    },
  ]
}

function nonEmpty(text: string | undefined): text is string {
  return text !== undefined && text !== ''
}

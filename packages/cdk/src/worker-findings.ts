// What the worker's doctor would say when it starts, said at synthesis. The codes are the doctor's.
import { durationMs } from '@longshore/core/time'
import type { IConstruct } from 'constructs'
import { annotate } from './annotate.js'
import type { Finding } from './annotate.js'
import { isOwn } from './names.js'
import type { WorkerSettings } from './worker-props.js'
import type { WorkerQueues } from './worker-queues.js'

// The least with which a heartbeat that fails is repeated in time, and the most that nobody waits for in vain.
const LEAST_VISIBILITY_MS = 10_000
const LONG_VISIBILITY_MS = 900_000
// The worker's default abortGrace: a handling is given up so long after its deadline.
const ABORT_GRACE_MS = 10_000
// SQS's limit for one receipt, counted from its receive; extending it does not reset that.
const LONGEST_LEASE_MS = 43_200_000
const LEAST_RECEIVES = 3
const SWALLOWING = new Set(['npm', 'npx', 'pnpm', 'yarn', 'sh', 'bash'])

/** Tells what will cost messages or time, as far as the stack shows it. */
export function annotateWorker(construct: IConstruct, settings: WorkerSettings, found: WorkerQueues): void {
  annotate(construct, [
    ...timeFindings(settings),
    ...(settings.maxReceiveCount < LEAST_RECEIVES ? [earlyDeadLetters(settings)] : []),
    ...swallowedSignals(settings),
    ...Object.entries(found.queues)
      .filter(([name, queue]) => isOwn(queue) && found.deadLetterQueues[name] === undefined)
      .map(([name]) => noDeadLetters(name)),
  ])
}

function timeFindings({ visibilityTimeout, handlerTimeout }: WorkerSettings): Finding[] {
  const visibilityMs = durationMs(visibilityTimeout)
  const longestMs = durationMs(handlerTimeout) + ABORT_GRACE_MS
  const findings: (Finding | false)[] = [
    visibilityMs < LEAST_VISIBILITY_MS && {
      code: 'visibility-short',
      severity: 'problem',
      found: `a visibilityTimeout of ${visibilityTimeout}`,
      expected: 'at least 10s, so that a heartbeat that fails can be repeated in time',
      fix: 'Raise visibilityTimeout. It need not cover a handling.',
    },
    visibilityMs > Math.min(LONG_VISIBILITY_MS, longestMs) && {
      code: 'visibility-long',
      severity: 'note',
      found: `a visibilityTimeout of ${visibilityTimeout}, and handlings that are given up after ${longestMs / 1_000} s: so long do a crashed task's messages wait`,
      expected: 'a minute or so; heartbeats extend it while handlings run',
      fix: 'Lower visibilityTimeout.',
    },
    longestMs > LONGEST_LEASE_MS && {
      code: 'deadline-past-lease',
      severity: 'problem',
      found: `handlings that may take ${longestMs / 1_000} s until they are given up`,
      expected: 'at most 12 hours (handlerTimeout and abortGrace together): SQS lets go of a message then',
      fix: 'Lower handlerTimeout, and part longer work into several messages.',
    },
  ]
  return findings.filter((finding) => finding !== false)
}

function earlyDeadLetters({ maxReceiveCount }: WorkerSettings): Finding {
  return {
    code: 'dead-letters-early',
    severity: 'problem',
    found: `a maxReceiveCount of ${maxReceiveCount}`,
    expected: `at least ${LEAST_RECEIVES}: SQS may count a delivery that nobody got, and so does a task that is killed`,
    fix: 'Raise maxReceiveCount, to 5 or so.',
  }
}

function swallowedSignals({ command: [program = ''] = [] }: WorkerSettings): Finding[] {
  if (!SWALLOWING.has(program)) return []
  return [
    {
      code: 'signals-swallowed',
      severity: 'problem',
      found: `a command that begins with ${program}`,
      expected: 'Node itself: what stands between keeps SIGTERM from the worker, which then cannot drain',
      fix: "Give a command such as ['node', 'dist/worker.js'].",
    },
  ]
}

function noDeadLetters(name: string): Finding {
  return {
    code: 'dead-letters-none',
    severity: 'note',
    found: `${name} without a dead-letter queue`,
    expected: 'one: a message that can never be handled is retried until it expires',
    fix: 'Give the queue a deadLetterQueue, with a maxReceiveCount of 5 or so.',
  }
}

import type { QueueFacts } from '../queue/port.js'
import type { Finding } from '../finding.js'

/** What of a worker's options the doctor looks at, in milliseconds. */
export interface CheckedTimes {
  readonly visibilityTimeoutMs: number
  /** Infinity for none. */
  readonly handlerTimeoutMs: number
  readonly abortGraceMs: number
  readonly stopTimeoutMs: number
  /** What a stop leaves for handlings to end by themselves. */
  readonly finishMs: number
}

// A heartbeat is due with a third of it left: less than this leaves one failed call no second try.
const LEAST_VISIBILITY_MS = 10_000
// From here on a crashed task's messages are missed by people.
const LONG_VISIBILITY_MS = 900_000
// SQS's limit for one receipt, counted from its receive; extending it does not reset that.
const LONGEST_LEASE_MS = 43_200_000
// SQS may count a delivery that nobody got, and so does every task that is killed.
const LEAST_RECEIVES = 3

/** What the times say of each other, and the queue's of them. */
export function checkTimes(times: CheckedTimes): Finding[] {
  const { visibilityTimeoutMs, handlerTimeoutMs, abortGraceMs, stopTimeoutMs, finishMs } = times
  const longestMs = handlerTimeoutMs + abortGraceMs
  const findings: (Finding | false)[] = [
    visibilityTimeoutMs < LEAST_VISIBILITY_MS && {
      code: 'visibility-short',
      severity: 'problem',
      found: `a visibility timeout of ${seconds(visibilityTimeoutMs)}`,
      expected: `at least ${seconds(LEAST_VISIBILITY_MS)}, so that a heartbeat that fails can be repeated in time`,
      fix: 'Raise the queue’s VisibilityTimeout, or set the option visibilityTimeout. It need not cover a handling.',
    },
    visibilityTimeoutMs > LONG_VISIBILITY_MS && {
      code: 'visibility-long',
      severity: 'note',
      found: `a visibility timeout of ${seconds(visibilityTimeoutMs)}: so long do a crashed task's messages wait`,
      expected: `at most ${seconds(LONG_VISIBILITY_MS)}; heartbeats extend it while handlings run`,
      fix: 'Set the option visibilityTimeout, to a minute or so; the queue’s own may stay.',
    },
    longestMs > LONGEST_LEASE_MS && {
      code: 'deadline-past-lease',
      severity: handlerTimeoutMs === Infinity ? 'note' : 'problem',
      found: `handlings that may take ${seconds(longestMs)} until they are given up`,
      expected: `at most ${seconds(LONGEST_LEASE_MS)} (handlerTimeout and abortGrace together): SQS lets go of a message then`,
      fix: 'Lower handlerTimeout, and part longer work into several messages.',
    },
    handlerTimeoutMs > finishMs && {
      code: 'stop-timeout-short',
      severity: 'note',
      found: `handlings that may take ${seconds(handlerTimeoutMs)}, and ${seconds(finishMs)} for them when the task stops`,
      expected: 'a stopTimeout that covers most handlings: those that it cuts short begin anew elsewhere',
      fix: `Raise stopTimeout, here and in the task definition, beyond ${seconds(stopTimeoutMs)}, or lower handlerTimeout to what handlings take.`,
    },
  ]
  return findings.filter((finding) => finding !== false)
}

/** What the queue's own attributes say. */
export function checkQueue({ redrive, isFifo, isHighThroughput }: QueueFacts): Finding[] {
  const findings: (Finding | false)[] = [
    redrive === undefined && {
      code: 'dead-letters-none',
      severity: 'problem',
      found: 'no dead-letter queue',
      expected: 'one: a message that can never be handled is retried until it expires',
      fix: `Create a queue${isFifo ? ' with the suffix .fifo' : ''} and set it in the RedrivePolicy, with a maxReceiveCount of 5 or so.`,
    },
    redrive !== undefined &&
      redrive.maxReceiveCount < LEAST_RECEIVES && {
        code: 'dead-letters-early',
        severity: 'problem',
        found: `a maxReceiveCount of ${redrive.maxReceiveCount}`,
        expected: `at least ${LEAST_RECEIVES}: SQS may count a delivery that nobody got, and so does a task that is killed`,
        fix: 'Raise maxReceiveCount in the RedrivePolicy, to 5 or so.',
      },
    isFifo &&
      isHighThroughput === false && {
        code: 'fifo-throughput',
        severity: 'note',
        found: 'a FIFO queue whose throughput is limited as a whole, to 300 calls a second',
        expected: 'a limit for each message group, where groups are what order is wanted in',
        fix: 'Set DeduplicationScope to messageGroup and FifoThroughputLimit to perMessageGroupId.',
      },
  ]
  return findings.filter((finding) => finding !== false)
}

/** What the retention of the dead-letter queue says, beside the queue's own. */
export function checkRetention(queue: QueueFacts, deadLetters: QueueFacts): Finding[] {
  const { retentionMs } = queue
  const { retentionMs: keptMs } = deadLetters
  if (retentionMs === undefined || keptMs === undefined || keptMs > retentionMs) return []
  return [
    {
      code: 'dead-letters-short-lived',
      severity: 'problem',
      found: `dead letters that are kept for ${days(keptMs)}, messages for ${days(retentionMs)}`,
      expected:
        'dead letters kept for longer: on a standard queue their age counts from when they were first sent',
      fix: 'Raise the MessageRetentionPeriod of the dead-letter queue, to 14 days (1209600).',
    },
  ]
}

function seconds(ms: number): string {
  return ms === Infinity ? 'as long as they like' : `${Math.round(ms) / 1_000} s`
}

function days(ms: number): string {
  return `${Math.round(ms / 8_640_000) / 10} days`
}

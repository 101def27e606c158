import { QueueCallError } from '../errors.js'
import type { Finding } from '../finding.js'
import type { QueueFacts, QueuePort } from '../queue/port.js'
import { checkRetention } from './queue-checks.js'

/** Looks at the dead-letter queue, if there is one: two calls. */
export async function checkDeadLetters(
  port: Pick<QueuePort, 'open'>,
  facts: QueueFacts,
  stop: AbortSignal,
): Promise<Finding[]> {
  if (facts.redrive === undefined) return []
  const { deadLetterQueueArn } = facts.redrive
  try {
    const deadLetters = await port.open(deadLetterQueueArn, stop)
    return checkRetention(facts, await deadLetters.describe(stop))
  } catch (error) {
    return stop.aborted ? [] : [unreachable(deadLetterQueueArn, error)]
  }
}

function unreachable(arn: string, error: unknown): Finding {
  if (error instanceof QueueCallError && error.reason === 'notFound') {
    return {
      code: 'dead-letters-gone',
      severity: 'problem',
      found: `a RedrivePolicy that names ${arn}, which does not exist`,
      expected: 'a dead-letter queue that exists: SQS moves nothing otherwise',
      fix: 'Create it again, or set another one in the RedrivePolicy.',
    }
  }
  return {
    code: 'dead-letters-unreadable',
    severity: 'note',
    found: `no answer about ${arn}: ${error instanceof Error ? error.message : String(error)}`,
    expected: 'sqs:GetQueueUrl and sqs:GetQueueAttributes on it; deadLetter() also needs sqs:SendMessage',
    fix: "Allow these actions in the task role's policy.",
  }
}

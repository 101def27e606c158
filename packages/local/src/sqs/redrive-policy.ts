import { invalidValue } from './errors.js'
import { readPolicyText } from './policy-text.js'

/** When a message has been received `maxReceiveCount` times, the next receive moves it to the queue of this ARN. */
export interface RedrivePolicy {
  readonly deadLetterTargetArn: string
  readonly maxReceiveCount: number
}

const MAX_RECEIVE_COUNT = 1_000
const QUEUE_ARN = /^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,80}(\.fifo)?$/

/** Parses the RedrivePolicy attribute. Whether its target exists is for the caller to check. */
export function readRedrivePolicy(text: string): RedrivePolicy {
  const policy = readPolicyText(text, () =>
    invalidRedrivePolicy(
      text,
      "Amazon SQS can't create the redrive policy, as it's in an unsupported format.",
    ),
  )
  const { deadLetterTargetArn: arn } = policy
  // The console and CloudFormation write the number as text.
  const count = Number(policy.maxReceiveCount)
  for (const key of ['deadLetterTargetArn', 'maxReceiveCount']) {
    const value = policy[key]
    if (value === undefined || value === null || value === '') {
      throw invalidRedrivePolicy(text, `Redrive policy does not contain mandatory attribute: ${key}.`)
    }
  }
  for (const key of Object.keys(policy)) {
    if (key !== 'deadLetterTargetArn' && key !== 'maxReceiveCount') {
      throw invalidRedrivePolicy(
        text,
        `Only following attributes are supported: [deadLetterTargetArn, maxReceiveCount].`,
      )
    }
  }
  if (typeof arn !== 'string' || !QUEUE_ARN.test(arn)) {
    throw invalidRedrivePolicy(text, 'Invalid value for deadLetterTargetArn.')
  }
  if (!Number.isInteger(count) || count < 1 || count > MAX_RECEIVE_COUNT) {
    throw invalidRedrivePolicy(
      text,
      `Invalid value for maxReceiveCount: ${String(policy.maxReceiveCount)}, valid values are from 1 to ${MAX_RECEIVE_COUNT} both inclusive.`,
    )
  }
  return { deadLetterTargetArn: arn, maxReceiveCount: count }
}

export function invalidRedrivePolicy(text: string, reason: string): Error {
  return invalidValue('RedrivePolicy', text, reason)
}

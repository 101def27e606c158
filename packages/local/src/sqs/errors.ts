// SQS's errors: shape names as its JSON protocol sends them in `__type`, codes of the older query protocol as
// `x-amzn-query-error` repeats them, and HTTP status as its model says (client-sqs 3.1169), texts as recorded from AWS
// where a recording is public.
import { AwsError } from '../server/aws-error.js'

/** The largest message, and the largest batch, in bytes: 1 MiB, attributes included. */
export const MAX_BYTES = 1_048_576

function sqsError(code: string, message: string): AwsError {
  return new AwsError(code, message, { queryCode: `AWS.SimpleQueueService.${code}` })
}

export function queueDoesNotExist(): AwsError {
  return new AwsError('QueueDoesNotExist', 'The specified queue does not exist.', {
    queryCode: 'AWS.SimpleQueueService.NonExistentQueue',
    // As recorded from AWS: the one error that reads differently there.
    queryMessage: 'The specified queue does not exist for this wsdl version.',
  })
}

export function invalidAddress(queueUrl: string): AwsError {
  return new AwsError('InvalidAddress', `The address ${queueUrl} is not valid for this endpoint.`, {
    status: 404,
  })
}

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message, { queryCode: 'InvalidParameterValue' })
}

/** `Value 11 for parameter MaxNumberOfMessages is invalid. Reason: …` */
export function invalidValue(parameter: string, value: string | number, reason: string): AwsError {
  return invalidParameter(`Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`)
}

export function notForThisQueueType(parameter: string, value: string | number): AwsError {
  const reason = 'The request include parameter that is not valid for this queue type.'
  return invalidValue(parameter, value, reason)
}

export function missingParameter(parameter: string): AwsError {
  return new AwsError(
    'MissingRequiredParameterException',
    `The request must contain the parameter ${parameter}.`,
    { queryCode: 'MissingParameter' },
  )
}

export function queueNameExists(attribute: string): AwsError {
  return new AwsError(
    'QueueNameExists',
    `A queue already exists with the same name and a different value for attribute ${attribute}`,
    { queryCode: 'QueueAlreadyExists' },
  )
}

export function queueDeletedRecently(): AwsError {
  return sqsError(
    'QueueDeletedRecently',
    'You must wait 60 seconds after deleting a queue before you can create another with the same name.',
  )
}

export function purgeInProgress(queueName: string): AwsError {
  return new AwsError(
    'PurgeQueueInProgress',
    `Only one PurgeQueue operation on ${queueName} is allowed every 60 seconds.`,
    { status: 403, queryCode: 'AWS.SimpleQueueService.PurgeQueueInProgress' },
  )
}

export function unknownAttribute(name: string): AwsError {
  return new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`)
}

export function onlyForFifo(attribute: string): AwsError {
  const message = `You can specify the ${attribute} only when FifoQueue is set to true.`
  return new AwsError('InvalidAttributeName', message)
}

export function invalidAttributeValue(name: string, reason?: string): AwsError {
  const detail = reason === undefined ? '' : ` Reason: ${reason}`
  return new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.${detail}`)
}

export function twoEncryptions(): AwsError {
  return new AwsError(
    'InvalidAttributeName',
    'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.',
  )
}

export function receiptHandleIsInvalid(handle: string): AwsError {
  return new AwsError(
    'ReceiptHandleIsInvalid',
    `The input receipt handle "${handle}" is not a valid receipt handle.`,
    { status: 404 },
  )
}

/** FIFO queues refuse what standard queues let pass: a handle whose receive is over. */
export function receiptHandleHasExpired(handle: string): AwsError {
  return invalidValue('ReceiptHandle', handle, 'The receipt handle has expired.')
}

export function messageNotInflight(): AwsError {
  return sqsError('MessageNotInflight', 'The message referred to is not in flight.')
}

export function invalidMessageContents(): AwsError {
  return new AwsError(
    'InvalidMessageContents',
    'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
  )
}

export function messageTooLong(maximumBytes: number): AwsError {
  return invalidParameter(
    `One or more parameters are invalid. Reason: Message must be shorter than ${maximumBytes} bytes.`,
  )
}

export function batchTooLong(bytes: number): AwsError {
  return sqsError(
    'BatchRequestTooLong',
    `Batch requests cannot be longer than ${MAX_BYTES} bytes. You have sent ${bytes} bytes.`,
  )
}

export function emptyBatch(operation: string): AwsError {
  return sqsError(
    'EmptyBatchRequest',
    `There should be at least one ${operation}RequestEntry in the request.`,
  )
}

export function tooManyEntries(count: number): AwsError {
  return sqsError(
    'TooManyEntriesInBatchRequest',
    `Maximum number of entries per request are 10. You have sent ${count}.`,
  )
}

export function invalidEntryId(): AwsError {
  return sqsError(
    'InvalidBatchEntryId',
    'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
  )
}

export function entryIdsNotDistinct(id: string): AwsError {
  return sqsError('BatchEntryIdsNotDistinct', `Id ${id} repeated.`)
}

export function resourceNotFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message, { status: 404 })
}

/** What FIFO queues answer beyond their quota. */
export function rateExceeded(): AwsError {
  return new AwsError('ThrottlingException', 'Rate exceeded')
}

export function overLimit(message: string): AwsError {
  return new AwsError('OverLimit', message, { status: 403 })
}

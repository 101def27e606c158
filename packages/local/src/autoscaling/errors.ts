import { AwsError } from '../server/aws-error.js'
import { SCALABLE_DIMENSION } from './dimension.js'

export function validationError(message: string): AwsError {
  return new AwsError('ValidationException', message)
}

/** Something that Application Auto Scaling can do and this server cannot yet. */
export function notSupported(what: string, instead: string): AwsError {
  return validationError(`${what} is not supported yet by @longshore/local. ${instead}`)
}

/** `what` is, for example, `No scalable target registered`. */
export function objectNotFound(what: string, resourceId: string, detail: string = ''): AwsError {
  const where = `service namespace: ecs, resource ID: ${resourceId}, scalable dimension: ${SCALABLE_DIMENSION}`
  return new AwsError('ObjectNotFoundException', `${what} for ${where}${detail}`)
}

export function resourceNotFound(resourceArn: string): AwsError {
  return new AwsError('ResourceNotFoundException', `The resource ${resourceArn} was not found.`, {
    status: 404,
  })
}

export function limitExceeded(message: string): AwsError {
  return new AwsError('LimitExceededException', message)
}

export function tooManyTags(resourceArn: string): AwsError {
  return new AwsError('TooManyTagsException', `The resource ${resourceArn} can have at most 50 tags.`)
}

export function invalidNextToken(): AwsError {
  return new AwsError('InvalidNextTokenException', 'The next token supplied was invalid.')
}

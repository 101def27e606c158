/**
 * CloudWatch's errors: the shape's name, the code of the older query protocol (which clients still show), the status.
 */
import { AwsError } from '../server/aws-error.js'

/** A member that must be there is not. `name` is its path: `MetricData.member.1.MetricName`. */
export function missingParameter(name: string): AwsError {
  return new AwsError('MissingRequiredParameterException', `The parameter ${name} is required.`, {
    queryCode: 'MissingParameter',
  })
}

export function invalidValue(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message, { queryCode: 'InvalidParameterValue' })
}

export function invalidCombination(message: string): AwsError {
  return new AwsError('InvalidParameterCombinationException', message, {
    queryCode: 'InvalidParameterCombination',
  })
}

export function validationError(message: string): AwsError {
  return new AwsError('ValidationException', message, { queryCode: 'ValidationError' })
}

/** Something that CloudWatch can do and this server cannot yet. */
export function notSupported(what: string, instead: string): AwsError {
  return validationError(`${what} is not supported yet by @longshore/local. ${instead}`)
}

export function resourceNotFound(message: string): AwsError {
  return new AwsError('ResourceNotFound', message, { status: 404, queryCode: 'ResourceNotFound' })
}

/** The tag operations have a shape of their own for it. */
export function taggedResourceNotFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message, { status: 404 })
}

export function invalidFormat(message: string): AwsError {
  return new AwsError('InvalidFormatFault', message, { queryCode: 'InvalidFormat' })
}

export function invalidNextToken(): AwsError {
  return new AwsError('InvalidNextToken', 'The service is unable to process the NextToken provided.', {
    queryCode: 'InvalidNextToken',
  })
}

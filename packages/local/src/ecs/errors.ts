/** ECS's errors for what a caller gave. */
import { AwsError } from '../server/aws-error.js'

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}

export function clientError(message: string): AwsError {
  return new AwsError('ClientException', message)
}

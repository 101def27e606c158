import { AwsError } from '../server/aws-error.js'
import type { Action } from './browser/page-state.js'
import { actionOf } from './features.js'
import { isSame } from './look.js'
import { Operations } from './operations.js'
import type { PageHost } from './watched.js'

/**
 * Does what the page asks for, by the operation that a client would call.
 *
 * @throws AwsError as the operation does, and for what is not an action of the page.
 */
export async function runAction(host: PageHost, body: Buffer, origin: string): Promise<object> {
  const { accountId, region, feature, input } = readAction(body)
  const [service, operation] = actionOf(feature) ?? []
  const account = host.accounts().find((candidate) => isSame(candidate, { accountId, region }))
  if (account === undefined) throw refused(`Nobody has called the account ${accountId} in ${region} yet.`)
  const operations = new Operations(account.services, origin)
  if (service === undefined || operation === undefined || !operations.has(service, operation)) {
    throw refused(`The page has no action '${feature}'.`)
  }
  return operations.call(service, operation, { ...input })
}

function readAction(body: Buffer): Action {
  const given = parse(body)
  const isComplete = ['accountId', 'region', 'feature'].every((name) => typeof given[name] === 'string')
  const { input } = given
  if (isComplete && typeof input === 'object' && input !== null && !Array.isArray(input)) {
    return given as unknown as Action
  }
  throw refused('An action is a JSON object of accountId, region, feature (texts) and input (an object).')
}

function parse(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const given: unknown = JSON.parse(body.toString('utf8'))
    return typeof given === 'object' && given !== null ? (given as Record<string, unknown>) : {}
  } catch {
    throw refused('The action is not valid JSON.')
  }
}

function refused(message: string): AwsError {
  return new AwsError('ValidationError', message)
}

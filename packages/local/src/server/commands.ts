import type { Answer } from './answer.js'
import { plainAnswer } from './answer.js'
import { AwsError } from './aws-error.js'
import type { Caller } from './caller.js'
import type { PathRequest } from './path-request.js'
import type { Command, Service } from './service.js'

const PATH = /^\/_longshore\/([a-z]+)\/([a-z-]+)$/

/**
 * Serves `POST /_longshore/SERVICE/COMMAND` with a JSON object, in the caller's account; undefined for another path, and
 * for a command that the service has not.
 */
export function serveCommand(
  request: PathRequest,
  servicesOf: (caller: Caller) => Readonly<Record<string, Service>>,
): Promise<Answer> | undefined {
  const [, service, name] = PATH.exec(request.path) ?? []
  if (service === undefined || name === undefined || request.method !== 'POST') return undefined
  const services = servicesOf(request.caller)
  const commands = Object.hasOwn(services, service) ? (services[service]?.commands ?? {}) : {}
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  return command === undefined ? undefined : run(request, command)
}

async function run(request: PathRequest, command: Command): Promise<Answer> {
  return plainAnswer(200, await command(readMembers(await request.readBody())))
}

/** No body is an empty object. */
function readMembers(body: Buffer): Record<string, unknown> {
  const members = body.length === 0 ? {} : parse(body.toString('utf8'))
  if (typeof members !== 'object' || members === null || Array.isArray(members)) {
    throw new AwsError('SerializationException', 'The request body must be a JSON object.')
  }
  return members as Record<string, unknown>
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

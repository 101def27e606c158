import { ConfigError, defineService, isService } from '@longshore/scaler'
import type { OptionProblem, Service, ServiceConfig } from '@longshore/scaler'
import { Token } from 'aws-cdk-lib/core'

/** How a token is kept out of a configuration, by the option that holds it. */
const WAYS_OUT: Readonly<Record<string, string>> = {
  cluster: 'the name that the cluster has or is to have: the construct takes the cluster itself beside it',
  service: 'the name that the service has or is to have: the construct refers to the service by itself',
  queue: 'a name; the queue itself goes into `queues` of the construct, under that name',
  queues: 'a name; the queue itself goes into `queues` of the construct, under that name',
  region: 'to be left out: the stack has a region',
  policies: 'a value; for the label of a load balancer give the construct `targetGroup`',
}
const KNOWN_AT_SYNTH = 'a value that is known when the app is synthesised: the plan is computed from it then'

/**
 * The configuration with its defaults, whether it went through `defineService` already or not.
 *
 * @throws ConfigError for what is wrong with it, tokens included: a plan is computed at synthesis, from real values.
 */
export function checkedConfig(config: Service | ServiceConfig): Service {
  if (isService(config)) return config
  const problems = tokensIn(config).map(({ path, value }): OptionProblem => {
    const [option = ''] = path
    const expected = WAYS_OUT[option] ?? KNOWN_AT_SYNTH
    return { path: path.join('.'), expected, got: `a CDK token, ${String(value)}` }
  })
  if (problems.length > 0) throw new ConfigError('The configuration', problems)
  return defineService(config)
}

interface Found {
  readonly path: readonly string[]
  readonly value: unknown
}

function tokensIn(value: unknown, path: readonly string[] = []): Found[] {
  // What alarms of your own watch may be anything: it is handed on as it is.
  if (path.at(-1) === 'dimensions') return []
  if (Token.isUnresolved(value)) return [{ path, value }]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => tokensIn(inner, [...path, key]))
}

/** Where a queue is: decided once, from what was given and the environment. */
export interface Place {
  /** Undefined: the SDK looks it up in the shared config files. */
  readonly region: string | undefined
  /** Undefined: AWS's own endpoint of the region. */
  readonly endpoint: string | undefined
}

interface Given {
  readonly url?: string | undefined
  readonly region?: string | undefined
  readonly endpoint?: string | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

// sqs.eu-west-1.amazonaws.com, vpce-….sqs.eu-west-1.vpce.amazonaws.com, sqs-fips.us-east-1.api.aws, and the hosts of
// local servers that follow them; eu-west-1.queue.amazonaws.com is the form of older queues.
const REGION_IN_HOST = [
  /(?:^|\.)sqs(?:-fips)?\.([a-z]+(?:-[a-z]+)+-\d+)\./,
  /^([a-z]+(?:-[a-z]+)+-\d+)\.queue\./,
]
const OLDEST_HOST = 'queue.amazonaws.com'

/** A queue's region is a fact of its URL, which therefore wins over the environment's default. */
export function placeOf(given: Given, env: Environment): Place {
  const origin = given.url === undefined ? undefined : new URL(given.url)
  const region = given.region ?? regionOf(origin?.hostname) ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION
  return { region, endpoint: given.endpoint ?? configuredEndpoint(env) ?? origin?.origin }
}

function regionOf(host: string | undefined): string | undefined {
  if (host === undefined) return undefined
  if (host === OLDEST_HOST) return 'us-east-1'
  for (const form of REGION_IN_HOST) {
    const [, region] = form.exec(host) ?? []
    if (region !== undefined) return region
  }
  return undefined
}

// The SDK honours these for the endpoint of the region, yet still sends to the queue URL's own host unless told not to.
function configuredEndpoint(env: Environment): string | undefined {
  if (env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === 'true') return undefined
  return nonEmpty(env.AWS_ENDPOINT_URL_SQS) ?? nonEmpty(env.AWS_ENDPOINT_URL)
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}

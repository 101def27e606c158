/** The environment variables that send one SDK client elsewhere (AWS SDKs reference guide, service-specific endpoints). */
const SERVICE_VARIABLES = {
  sqs: 'AWS_ENDPOINT_URL_SQS',
  cloudwatch: 'AWS_ENDPOINT_URL_CLOUDWATCH',
  autoscaling: 'AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING',
  ecs: 'AWS_ENDPOINT_URL_ECS',
} as const

/** One of the SDK clients of this package. */
export type ClientName = keyof typeof SERVICE_VARIABLES

/** An endpoint that replaces AWS's own, and what set it. */
export interface EndpointOverride {
  readonly url: string
  readonly setBy: string
}

/** The override in force for a client; undefined when calls go to AWS. */
export function endpointOverride(
  client: ClientName,
  environment: Readonly<Record<string, string | undefined>>,
): EndpointOverride | undefined {
  if (environment.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === 'true') return undefined
  for (const setBy of [SERVICE_VARIABLES[client], 'AWS_ENDPOINT_URL']) {
    const url = environment[setBy]
    if (url !== undefined && url !== '') return { url, setBy }
  }
  return undefined
}

/** The services of one account, by the name used in this package. */
export type ServiceName = 'sqs' | 'cloudwatch' | 'autoscaling' | 'ecs'

/** How one AWS service speaks JSON over HTTP. */
export interface Protocol {
  readonly service: ServiceName
  /** AWS's own name, for error messages. */
  readonly title: string
  readonly contentType: 'application/x-amz-json-1.0' | 'application/x-amz-json-1.1'
  /** What stands before `#` in an error's `__type`; JSON 1.1 services send the bare shape name. */
  readonly errorNamespace: string | undefined
  /** True for services that once spoke the query protocol: their errors repeat the old code in `x-amzn-query-error`. */
  readonly isQueryCompatible: boolean
}

const PROTOCOLS: ReadonlyMap<string, Protocol> = new Map([
  [
    'AmazonSQS',
    {
      service: 'sqs',
      title: 'Amazon SQS',
      contentType: 'application/x-amz-json-1.0',
      errorNamespace: 'com.amazonaws.sqs',
      isQueryCompatible: true,
    },
  ],
  [
    'GraniteServiceVersion20100801',
    {
      service: 'cloudwatch',
      title: 'Amazon CloudWatch',
      contentType: 'application/x-amz-json-1.0',
      errorNamespace: 'com.amazonaws.cloudwatch',
      isQueryCompatible: true,
    },
  ],
  [
    'AnyScaleFrontendService',
    {
      service: 'autoscaling',
      title: 'Application Auto Scaling',
      contentType: 'application/x-amz-json-1.1',
      errorNamespace: undefined,
      isQueryCompatible: false,
    },
  ],
  [
    'AmazonEC2ContainerServiceV20141113',
    {
      service: 'ecs',
      title: 'Amazon ECS',
      contentType: 'application/x-amz-json-1.1',
      errorNamespace: undefined,
      isQueryCompatible: false,
    },
  ],
])

/** An `X-Amz-Target` header, split: `AmazonSQS.SendMessage`. */
export interface Target {
  readonly protocol: Protocol
  readonly operation: string
}

/** Undefined when the header names a service that this package does not know. */
export function readTarget(header: string): Target | undefined {
  const dot = header.lastIndexOf('.')
  const protocol = PROTOCOLS.get(header.slice(0, Math.max(dot, 0)))
  return protocol && { protocol, operation: header.slice(dot + 1) }
}

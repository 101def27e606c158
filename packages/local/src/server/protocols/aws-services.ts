import { CLOUDWATCH_MEMBERS } from './cloudwatch-members.js'
import { memberForms } from './member-forms.js'
import type { QueryForms } from './query-forms.js'
import { sqsForms } from './sqs-forms.js'

/** The services of one account, by the name used in this package. */
export type ServiceName = 'sqs' | 'cloudwatch' | 'autoscaling' | 'ecs' | 'sts'

/** How one AWS service is addressed, in each protocol that it speaks. */
export interface AwsService {
  readonly name: ServiceName
  /** AWS's own name, for error messages. */
  readonly title: string
  /** What stands before the dot in `X-Amz-Target`, and names the service in the paths of RPC v2; STS has none. */
  readonly target?: string
  readonly jsonVersion?: '1.0' | '1.1'
  /** What stands before `#` in an error's `__type`; JSON 1.1 services send the bare shape name. */
  readonly errorNamespace?: string
  /** Present for services that speak the query protocol, or did before their newer ones. */
  readonly query?: QueryService
}

/** How one service writes the query protocol. */
export interface QueryService {
  /** `Version` in its forms. */
  readonly version: string
  /** Its name in a signature's credential scope. */
  readonly signingName: string
  readonly xmlNamespace: string
  readonly forms: QueryForms
}

export const AWS_SERVICES: readonly AwsService[] = [
  {
    name: 'sqs',
    title: 'Amazon SQS',
    target: 'AmazonSQS',
    jsonVersion: '1.0',
    errorNamespace: 'com.amazonaws.sqs',
    query: {
      version: '2012-11-05',
      signingName: 'sqs',
      xmlNamespace: 'http://queue.amazonaws.com/doc/2012-11-05/',
      forms: sqsForms,
    },
  },
  {
    name: 'cloudwatch',
    title: 'Amazon CloudWatch',
    target: 'GraniteServiceVersion20100801',
    jsonVersion: '1.0',
    errorNamespace: 'com.amazonaws.cloudwatch',
    query: {
      version: '2010-08-01',
      signingName: 'monitoring',
      xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
      forms: memberForms(CLOUDWATCH_MEMBERS),
    },
  },
  {
    name: 'autoscaling',
    title: 'Application Auto Scaling',
    target: 'AnyScaleFrontendService',
    jsonVersion: '1.1',
  },
  {
    name: 'ecs',
    title: 'Amazon ECS',
    target: 'AmazonEC2ContainerServiceV20141113',
    jsonVersion: '1.1',
  },
  {
    name: 'sts',
    title: 'AWS STS',
    query: {
      version: '2011-06-15',
      signingName: 'sts',
      xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
      forms: memberForms(),
    },
  },
]

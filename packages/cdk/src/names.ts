// A configuration has names, and metrics, alarms and policies are about names. In a stack, names belong to resources, and
// many are made up by CloudFormation. Here is what resource each name of a configuration stands for.
import type { OptionProblem, Service } from '@longshore/scaler'
import { CfnResource, Stack, Token } from 'aws-cdk-lib/core'
import type * as ecs from 'aws-cdk-lib/aws-ecs'
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import type * as sqs from 'aws-cdk-lib/aws-sqs'
import type { Construct, IConstruct } from 'constructs'

/** The resources that a configuration's names stand for. */
export interface Named {
  readonly service: ecs.IBaseService
  /** By the names of the configuration; those that are left out are known by these names alone. */
  readonly queues: Readonly<Record<string, sqs.IQueue>>
  readonly targetGroup?: ApplicationTargetGroup | undefined
}

/** A name of the configuration, and what is known of the resource's own. */
interface Name {
  /** The prop that gave the resource. */
  readonly path: string
  /** What sets the resource's name. */
  readonly property: string
  readonly configured: string
  /** Undefined where CloudFormation makes it up, or only the deployment knows it. */
  readonly own: string | undefined
}

/** The configuration with references in the place of names, for what CloudFormation resolves. */
export function referenced(config: Service, { service, queues, targetGroup }: Named): Service {
  const label = targetGroup && `${targetGroup.firstLoadBalancerFullName}/${targetGroup.targetGroupFullName}`
  const { requests, predictive } = config.policies
  return {
    ...config,
    cluster: service.cluster.clusterName,
    service: service.serviceName,
    queues: config.queues.map((queue) => ({ ...queue, name: queues[queue.name]?.queueName ?? queue.name })),
    policies:
      label === undefined
        ? config.policies
        : {
            ...config.policies,
            requests: requests && { ...requests, resourceLabel: label },
            predictive:
              predictive?.metric === 'requests' ? { ...predictive, resourceLabel: label } : predictive,
          },
  }
}

// `https://sqs.eu-west-1.amazonaws.com/123456789012/thumbnails`
const QUEUE_URL = /^https?:\/\/sqs\.([\w-]+)\.[^/]+\/(\d{12})\/([^/]+)$/

/** The ARNs of the configuration's queues, in its order. */
export function queueArnsOf(scope: Construct, config: Service, queues: Named['queues']): string[] {
  return config.queues.map(({ name }) => {
    const queue = queues[name]
    if (queue !== undefined) return queue.queueArn
    const [, region, account, resource = name] = QUEUE_URL.exec(name) ?? []
    const place = region === undefined || account === undefined ? {} : { region, account }
    return Stack.of(scope).formatArn({ service: 'sqs', resource, ...place })
  })
}

/** Names that are known and not those of the configuration, and queues that it has not. */
export function nameProblems(config: Service, named: Named): OptionProblem[] {
  const wrong = namesOf(config, named).flatMap(({ path, property, configured, own }) =>
    own === undefined || own === configured
      ? []
      : [
          {
            path,
            expected: `one with ${property} '${configured}', as in the configuration`,
            got: `'${own}'`,
          },
        ],
  )
  const known = config.queues.map(({ name }) => name)
  const unknown = Object.keys(named.queues).filter((name) => !known.includes(name))
  return [
    ...wrong,
    ...unknown.map((name) => ({
      path: 'queues',
      expected: `only the configuration's own: ${known.join(', ')}`,
      got: `'${name}'`,
    })),
  ]
}

/** What has to be done so that the deployed names are those of the configuration; nothing where they are known to be. */
export function unsettledNames(config: Service, named: Named): string[] {
  return namesOf(config, named)
    .filter(({ own }) => own === undefined)
    .map(({ path, property, configured }) => `${property}: '${configured}' for ${path}`)
}

function namesOf(config: Service, { service, queues }: Named): Name[] {
  return [
    {
      path: 'service.cluster',
      property: 'clusterName',
      configured: config.cluster,
      own: ownName(service.cluster, 'clusterName', service.cluster.clusterName),
    },
    {
      path: 'service',
      property: 'serviceName',
      configured: config.service,
      own: ownName(service, 'serviceName', service.serviceName),
    },
    ...config.queues.flatMap(({ name }) => {
      const queue = queues[name]
      if (queue === undefined) return []
      return [
        {
          path: `queues.${name}`,
          property: 'queueName',
          configured: name.slice(name.lastIndexOf('/') + 1),
          own: ownName(queue, 'queueName', queue.queueName),
        },
      ]
    }),
  ]
}

/** A resource's name where synthesis knows it: an imported one's, or what the property of its CloudFormation resource has. */
function ownName(construct: IConstruct, property: string, reference: string): string | undefined {
  if (!Token.isUnresolved(reference)) return reference
  const name = propertyOf(construct, property)
  return typeof name === 'string' && !Token.isUnresolved(name) ? name : undefined
}

/** A property of the CloudFormation resource that a construct has made; undefined for an imported one, too. */
export function propertyOf(construct: IConstruct, property: string): unknown {
  const resource = construct.node.children.find(
    (child) => CfnResource.isCfnResource(child) && property in child,
  )
  return resource && Reflect.get(resource, property)
}

/** True for what this app creates, rather than imports. */
export function isOwn(construct: IConstruct): boolean {
  return construct.node.children.some((child) => CfnResource.isCfnResource(child))
}

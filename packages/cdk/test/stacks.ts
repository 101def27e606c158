import { defineService } from '@longshore/scaler'
import type { Service, ServiceConfig } from '@longshore/scaler'
import { App, Stack } from 'aws-cdk-lib/core'
import type { StackProps } from 'aws-cdk-lib/core'
import { Vpc } from 'aws-cdk-lib/aws-ec2'
import type { IVpc } from 'aws-cdk-lib/aws-ec2'
import * as ecs from 'aws-cdk-lib/aws-ecs'
import type { Construct } from 'constructs'

const BASE: ServiceConfig = {
  cluster: 'media',
  service: 'thumbnails',
  queue: 'thumbnails',
  tasks: { min: 0, max: 40, concurrency: 20 },
  handling: { mean: '400ms' },
  objective: { wait: { p99: '10m' } },
}

export function configWith(changes: Partial<ServiceConfig> = {}): Service {
  return defineService({ ...BASE, ...changes })
}

/** A stack of an app of its own, whose code is not bundled. */
export function newStack(props: StackProps = {}): Stack {
  return new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Media', props)
}

export function vpcOf(scope: Construct): IVpc {
  const known = scope.node.tryFindChild('Vpc')
  if (known !== undefined) return known as Construct & IVpc
  return Vpc.fromVpcAttributes(scope, 'Vpc', {
    vpcId: 'vpc-1',
    availabilityZones: ['a', 'b'],
    publicSubnetIds: ['subnet-1', 'subnet-2'],
    privateSubnetIds: ['subnet-3', 'subnet-4'],
  })
}

/** A cluster that is there already, without a look-up. */
export function clusterOf(scope: Construct, clusterName = 'media'): ecs.ICluster {
  return ecs.Cluster.fromClusterAttributes(scope, `Cluster-${clusterName}`, {
    clusterName,
    vpc: vpcOf(scope),
  })
}

/** A service of the stack, as the CDK makes them. */
export function serviceOf(
  scope: Construct,
  props: Partial<ecs.FargateServiceProps> = { serviceName: 'thumbnails' },
): ecs.FargateService {
  const taskDefinition = new ecs.FargateTaskDefinition(scope, 'Task')
  taskDefinition.addContainer('worker', { image: ecs.ContainerImage.fromRegistry('node:22') })
  const cluster = props.cluster ?? clusterOf(scope)
  return new ecs.FargateService(scope, 'Service', {
    cluster,
    taskDefinition,
    minHealthyPercent: 100,
    ...props,
  })
}

/** What is thrown. */
export function messageOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('Nothing was thrown.')
}

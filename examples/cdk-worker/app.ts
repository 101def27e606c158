// `npm run build` at the top of the clone, then `npx cdk deploy` here. It needs an account, and Docker for the image.
import { LongshoreWorker } from '@longshore/cdk'
import { App, CfnOutput, Stack } from 'aws-cdk-lib/core'
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2'
import { Cluster, ContainerImage } from 'aws-cdk-lib/aws-ecs'
import { Platform } from 'aws-cdk-lib/aws-ecr-assets'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import config from './longshore.config.js'

const stack = new Stack(new App(), 'LongshoreThumbnails')

// Public subnets alone: the tasks call AWS, nobody calls them, and a NAT would cost more than they do.
const vpc = new Vpc(stack, 'Vpc', {
  maxAzs: 2,
  natGateways: 0,
  subnetConfiguration: [{ name: 'public', subnetType: SubnetType.PUBLIC }],
})
const cluster = new Cluster(stack, 'Cluster', {
  vpc,
  clusterName: config.cluster,
  enableFargateCapacityProviders: true,
})

const thumbnails = new LongshoreWorker(stack, 'Thumbnails', {
  config,
  cluster,
  image: ContainerImage.fromAsset(new URL('../../..', import.meta.url).pathname, {
    file: 'examples/Dockerfile',
    buildArgs: { EXAMPLE: 'cdk-worker' },
    platform: Platform.LINUX_AMD64,
    exclude: ['.git', '.cache', '**/node_modules', '**/dist', '**/cdk.out'],
  }),
  healthPort: 8080,
  capacity: 'fargateSpot',
  assignPublicIp: true,
  vpcSubnets: { subnetType: SubnetType.PUBLIC },
})

const people = new Topic(stack, 'People')
for (const alarm of thumbnails.alarms) alarm.addAlarmAction(new SnsAction(people))

new CfnOutput(stack, 'QueueUrl', { value: thumbnails.queues.thumbnails?.queueUrl ?? '' })

import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import { CreateQueueCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import { startLocalAws } from '@longshore/local'
import type { LocalAws, LocalAwsOptions } from '@longshore/local'
import { onTestFinished } from 'vitest'

/** What {@link startMedia} sets up. */
export interface MediaOptions extends LocalAwsOptions {
  readonly services?: readonly string[]
  readonly desiredCount?: number
  readonly messages?: number
}

/**
 * A local AWS with a cluster `media`, and for each service a queue of its name. Tasks are processes that only wait.
 * Closed when the test ends.
 */
export async function startMedia(options: MediaOptions = {}): Promise<LocalAws> {
  const { services = ['thumbnails'], desiredCount = 0, messages = 0, ...localOptions } = options
  const aws = await startLocalAws(localOptions)
  onTestFinished(() => aws.close())
  const client = {
    endpoint: aws.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: '000000000000', secretAccessKey: 'local' },
  }
  const ecs = new ECSClient(client)
  const sqs = new SQSClient({ ...client, useQueueUrlAsEndpoint: false })
  onTestFinished(() => {
    ecs.destroy()
    sqs.destroy()
  })

  await ecs.send(new CreateClusterCommand({ clusterName: 'media' }))
  const container = {
    name: 'worker',
    image: 'node',
    memory: 128,
    command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'],
  }
  await ecs.send(new RegisterTaskDefinitionCommand({ family: 'worker', containerDefinitions: [container] }))
  for (const serviceName of services) {
    const service = { cluster: 'media', serviceName, taskDefinition: 'worker', desiredCount }
    await ecs.send(new CreateServiceCommand(service))
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: serviceName }))
    for (let sent = 0; sent < messages; sent += 10) {
      const count = Math.min(10, messages - sent)
      const Entries = Array.from({ length: count }, (_, index) => ({ Id: String(index), MessageBody: 'x' }))
      await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
    }
  }
  return aws
}

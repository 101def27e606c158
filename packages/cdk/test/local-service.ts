import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { LocalAws } from '@longshore/local'

/** What clients of a local AWS are made with. AWS_ACCESS_KEY_ID is `test` in tests, its default account. */
export function placeOf({ endpoint }: LocalAws): {
  endpoint: string
  region: string
  credentials: { accessKeyId: string; secretAccessKey: string }
} {
  const credentials = { accessKeyId: '000000000000', secretAccessKey: 'local' }
  return { endpoint, region: 'us-east-1', credentials }
}

/** The queue, the cluster and the service of the configurations here. */
export async function createQueueAndService(local: LocalAws): Promise<void> {
  const sqs = new SQSClient({ ...placeOf(local), useQueueUrlAsEndpoint: false })
  await sqs.send(new CreateQueueCommand({ QueueName: 'thumbnails' }))
  sqs.destroy()
  const client = new ECSClient(placeOf(local))
  await client.send(new CreateClusterCommand({ clusterName: 'media' }))
  const containerDefinitions = [{ name: 'worker', image: 'node', memory: 128, command: ['true'] }]
  await client.send(new RegisterTaskDefinitionCommand({ family: 'worker', containerDefinitions }))
  const service = { cluster: 'media', serviceName: 'thumbnails', taskDefinition: 'worker', desiredCount: 0 }
  await client.send(new CreateServiceCommand(service))
  client.destroy()
}

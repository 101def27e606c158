import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { startLocalAws } from '@longshore/local'

const aws = await startLocalAws({ timeScale: 60 })

const sqs = new SQSClient({
  endpoint: aws.endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: '000000000000', secretAccessKey: 'local' },
  useQueueUrlAsEndpoint: false,
})
const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'documents' }))
await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'first' }))

sqs.destroy()
await aws.close()

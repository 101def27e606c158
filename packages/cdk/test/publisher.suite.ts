import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startLocalAws } from '@longshore/local'
import { App, Stack } from 'aws-cdk-lib/core'
import { Template } from 'aws-cdk-lib/assertions'
import * as ecs from 'aws-cdk-lib/aws-ecs'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { expect, it, onTestFinished } from 'vitest'
import { LongshorePublisher, LongshoreScaling } from '../src/index.js'
import { createQueueAndService } from './local-service.js'
import { clusterOf, configWith, messageOf, newStack, serviceOf } from './stacks.js'

function scalingOf(stack: Stack): LongshoreScaling {
  const attributes = { serviceName: 'thumbnails', cluster: clusterOf(stack) }
  const service = ecs.FargateService.fromFargateServiceAttributes(stack, 'Service', attributes)
  return new LongshoreScaling(stack, 'Scaling', { config: configWith(), service })
}

it('tells its function the names that the deployment gives, and lets it read and publish no more', () => {
  const stack = newStack()
  const queue = new Queue(stack, 'Queue')
  const cluster = clusterOf(stack)
  const scaling = new LongshoreScaling(stack, 'Scaling', {
    config: configWith(),
    service: serviceOf(stack, { cluster }),
    queues: { thumbnails: queue },
  })
  new LongshorePublisher(stack, 'Publisher', { scalings: [scaling] })

  const template = Template.fromStack(stack)
  const [variables] = Object.values(template.findResources('AWS::Lambda::Function')).map(({ Properties }) =>
    JSON.stringify((Properties as { Environment: unknown }).Environment),
  )
  expect(variables).toMatch(/"Fn::GetAtt":\["Service\w+","Name"\]/)
  expect(variables).toMatch(/"Fn::GetAtt":\["Queue\w+","QueueName"\]/)
  const policies = JSON.stringify(template.findResources('AWS::IAM::Policy'))
  expect([...policies.matchAll(/"Sid":"(\w+)"/g)].map(([, sid]) => sid)).toEqual([
    'CountMessages',
    'CountTasks',
    'PublishMetrics',
  ])
})

it('refuses more services than Lambda’s environment holds, and none', () => {
  const stack = newStack()
  const scaling = scalingOf(stack)
  const many = Array.from({ length: 9 }, () => scaling)
  expect(messageOf(() => new LongshorePublisher(stack, 'Many', { scalings: many }))).toMatch(
    /scalings: expected configurations of at most 4096 bytes in all.*got 9 of \d+ bytes/,
  )
  expect(messageOf(() => new LongshorePublisher(stack, 'None', { scalings: [] }))).toMatch(
    /scalings: expected one scaling or more, got an empty array/,
  )
})

it('deploys a function that publishes, in one file', async () => {
  const app = new App()
  const stack = new Stack(app, 'Media')
  new LongshorePublisher(stack, 'Publisher', { scalings: [scalingOf(stack)] })
  const { directory, stacks } = app.synth()
  const asset = readdirSync(directory).find((name) => name.startsWith('asset.')) ?? ''
  expect(readdirSync(join(directory, asset))).toEqual(['index.js'])
  const services = /"LONGSHORE_SERVICES":("(?:[^"\\]|\\.)*")/.exec(JSON.stringify(stacks[0]?.template))?.[1]

  const aws = await startLocalAws()
  onTestFinished(() => aws.close())
  await createQueueAndService(aws)
  const invoke = `require(${JSON.stringify(join(directory, asset, 'index.js'))})
    .handler({}, { getRemainingTimeInMillis: () => 5000 })
    .then((report) => console.log(JSON.stringify(report)))`
  const env = {
    ...process.env,
    ...aws.environment,
    LONGSHORE_SERVICES: JSON.parse(services ?? '""') as string,
  }
  const { stdout } = await promisify(execFile)(process.execPath, ['--eval', invoke], { env })
  expect(stdout.trim().split('\n').at(-1)).toBe('{"beats":1,"published":1,"held":0,"failed":0}')
})

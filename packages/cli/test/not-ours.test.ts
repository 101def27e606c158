import {
  ApplicationAutoScalingClient,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling'
import { expect, it, onTestFinished } from 'vitest'
import { startMedia } from './local.js'
import { configText, folderWith } from './process.js'
import { runHere } from './run-here.js'

it('plan, apply and destroy leave what somebody else has registered, and say how to hand it over', async () => {
  const aws = await startMedia()
  const client = new ApplicationAutoScalingClient({
    endpoint: aws.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: '000000000000', secretAccessKey: 'local' },
  })
  onTestFinished(() => client.destroy())
  await client.send(
    new RegisterScalableTargetCommand({
      ServiceNamespace: 'ecs',
      ScalableDimension: 'ecs:service:DesiredCount',
      ResourceId: 'service/media/thumbnails',
      MinCapacity: 2,
      MaxCapacity: 3,
    }),
  )
  const cwd = folderWith({ 'longshore.config.ts': configText() })
  const env = aws.environment
  for (const verb of ['plan', 'apply']) {
    const ended = await runHere([verb], { cwd, env })
    expect(ended).toMatchObject({ code: 1, stdout: '' })
    expect(ended.stderr).toMatch(/^longshore: .*the tag longshore:service=media\/thumbnails is missing/)
    expect(ended.stderr).not.toMatch(/fault of longshore|^ +at /m)
  }
  const destroyed = await runHere(['destroy', '--yes'], { cwd, env })
  expect(destroyed).toMatchObject({ code: 0, stdout: expect.stringContaining('stays: it lacks our tag') })
})

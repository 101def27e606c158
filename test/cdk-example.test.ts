// `cdk synth` of the example, without the CDK's command: the app is a program that writes its templates to a folder.
import { expect, it } from 'vitest'
import { synthesize } from './cdk-example.js'

it('synthesises the example’s stack, with nothing that the constructs warn of', async () => {
  const { template, annotations } = await synthesize({
    CDK_VALIDATION: 'false',
    CDK_CONTEXT_JSON: '{"aws:cdk:bundling-stacks":[]}',
  })
  const count = (type: string): number =>
    Object.values(template.Resources).filter(({ Type }) => Type === type).length
  expect(annotations).toEqual([])
  expect(count('AWS::ECS::Service')).toBe(1)
  expect(count('AWS::SQS::Queue')).toBe(2)
  expect(count('AWS::ApplicationAutoScaling::ScalableTarget')).toBe(1)
  expect(count('AWS::ApplicationAutoScaling::ScalingPolicy')).toBe(2)
  expect(count('AWS::Lambda::Function')).toBe(1)
  // The fallback's, the dead letters' and the publisher's.
  expect(count('AWS::CloudWatch::Alarm')).toBe(3)
})

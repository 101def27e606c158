import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PredictiveScalingPolicyConfiguration } from '@aws-sdk/client-application-auto-scaling'

import { readGolden } from '../../../model/test/golden/read-golden.js'
import type { LocalAutoScaling } from './local-autoscaling.js'
import { startAutoScaling, THUMBNAILS } from './local-autoscaling.js'

interface Row {
  readonly name: string
  readonly policy: { readonly MetricSpecifications?: readonly Record<string, unknown>[] }
  readonly problem: string | null
}

const { policies } = readGolden('predictive-policies.json') as { readonly policies: readonly Row[] }

let local: LocalAutoScaling
beforeEach(async () => {
  local = await startAutoScaling()
  await local.register()
})
afterEach(() => local.close())

/** What the table leaves out of a specification, since it is not about it, and the API asks for. */
const REST: Readonly<Record<string, object>> = {
  Predefined: { PredefinedMetricType: 'any' },
  Customized: { MetricDataQueries: [] },
}

function complete({
  MetricSpecifications = [],
  ...policy
}: Row['policy']): PredictiveScalingPolicyConfiguration {
  const specifications = MetricSpecifications.map((specification) =>
    Object.fromEntries(
      Object.entries(specification).map(([member, value]) => [
        member,
        typeof value === 'object' ? { ...REST[member.slice(0, 10)], ...value } : value,
      ]),
    ),
  )
  return {
    ...policy,
    MetricSpecifications: specifications,
  } as unknown as PredictiveScalingPolicyConfiguration
}

const put = (configuration: PredictiveScalingPolicyConfiguration) =>
  local.client.putScalingPolicy({
    ...THUMBNAILS,
    PolicyName: 'forecast',
    PolicyType: 'PredictiveScaling',
    PredictiveScalingPolicyConfiguration: configuration,
  })

describe('a predictive policy', () => {
  it.each(policies)('with $name is taken or refused as AWS does it', async ({ policy, problem }) => {
    const configuration = complete(policy)
    if (problem === null) await expect(put(configuration)).resolves.toMatchObject({ Alarms: [] })
    else
      await expect(put(configuration)).rejects.toMatchObject({
        name: 'ValidationException',
        message: problem,
      })
  })

  it('is described as it was put, and forecasts nothing', async () => {
    const configuration: PredictiveScalingPolicyConfiguration = {
      Mode: 'ForecastOnly',
      MetricSpecifications: [
        {
          TargetValue: 50,
          PredefinedMetricPairSpecification: { PredefinedMetricType: 'ECSServiceCPUUtilization' },
        },
      ],
    }
    await put(configuration)
    const { ScalingPolicies } = await local.client.describeScalingPolicies({ ServiceNamespace: 'ecs' })
    expect(ScalingPolicies).toMatchObject([
      { PolicyType: 'PredictiveScaling', PredictiveScalingPolicyConfiguration: configuration, Alarms: [] },
    ])
    const StartTime = new Date(local.clock.now())
    await expect(
      local.client.getPredictiveScalingForecast({
        ...THUMBNAILS,
        PolicyName: 'forecast',
        StartTime,
        EndTime: StartTime,
      }),
    ).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('GetPredictiveScalingForecast') as string,
    })
    await local.client.deleteScalingPolicy({ ...THUMBNAILS, PolicyName: 'forecast' })
    expect((await local.client.describeScalingPolicies({ ServiceNamespace: 'ecs' })).ScalingPolicies).toEqual(
      [],
    )
  })
})

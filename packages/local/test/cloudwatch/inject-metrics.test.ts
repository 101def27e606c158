import { CloudWatch } from '@aws-sdk/client-cloudwatch'
import { manualClock } from '@longshore/core/testing'
import { afterEach, expect, it } from 'vitest'

import { startLocalAws } from '../../src/index.js'
import type { LocalAws } from '../../src/index.js'

let aws: LocalAws
afterEach(() => aws.close())

const inject = (members: object) =>
  fetch(`${aws.endpoint}/_longshore/cloudwatch/inject-metrics`, {
    method: 'POST',
    body: JSON.stringify(members),
  })

it("metrics of AWS's own services come by injection, and by nobody's PutMetricData", async () => {
  const clock = manualClock()
  aws = await startLocalAws({ clock })
  const client = new CloudWatch({ endpoint: aws.endpoint, region: 'us-east-1' })
  const Dimensions = [{ Name: 'LoadBalancer', Value: 'app/web/50dc6c495c0c9188' }]
  const datum = { MetricName: 'RequestCountPerTarget', Dimensions, Value: 1_200 }
  const members = { Namespace: 'AWS/ApplicationELB', MetricData: [datum] }
  await expect(client.putMetricData(members)).rejects.toMatchObject({
    message: 'The value AWS/ for parameter Namespace is invalid.',
  })
  expect((await inject(members)).status).toBe(200)
  const { Datapoints } = await client.getMetricStatistics({
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'RequestCountPerTarget',
    Dimensions,
    StartTime: new Date(clock.now()),
    EndTime: new Date(clock.now() + 60_000),
    Period: 60,
    Statistics: ['Sum'],
  })
  expect(Datapoints).toMatchObject([{ Sum: 1_200 }])
  client.destroy()
})

it('what is wrong with injected metrics is said as PutMetricData says it', async () => {
  aws = await startLocalAws()
  const answer = await inject({ Namespace: 'AWS/ApplicationELB', MetricData: [{ MetricName: 'x' }] })
  expect(answer.status).toBe(400)
  expect(await answer.text()).toContain('The parameter MetricData.member.1.Value is required.')
})

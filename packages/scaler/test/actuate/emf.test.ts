// The wire form against CloudWatch's specification of the Embedded Metric Format:
// docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
import { manualClock } from '@longshore/core/testing'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { createScaler, emfPublishing } from '../../src/index.js'
import { fakeAws } from '../fake-aws.js'
import type { FakeAws } from '../fake-aws.js'
import { serviceWith } from '../services.js'

/** The specification's own JSON schema, and the units that PutMetricData knows. */
const root = z.looseObject({
  _aws: z.strictObject({
    Timestamp: z.int().min(0),
    CloudWatchMetrics: z
      .array(
        z.strictObject({
          Namespace: z.string().min(1).max(1_024),
          Dimensions: z.array(z.array(z.string().min(1).max(250)).min(1).max(30)).min(1),
          Metrics: z
            .array(
              z.strictObject({
                Name: z.string().min(1).max(1_024),
                Unit: z.enum(['Count', 'Seconds', 'Percent']),
                StorageResolution: z.literal([1, 60]),
              }),
            )
            .max(100),
        }),
      )
      .min(1),
  }),
})

async function lineOf(prepare: (aws: FakeAws) => void = () => undefined): Promise<string> {
  const aws = fakeAws()
  prepare(aws)
  const clock = manualClock()
  const lines: string[] = []
  const emf = emfPublishing(aws, { clock, write: (line) => lines.push(line) })
  const scaler = createScaler(serviceWith(), { aws: emf, clock })
  expect(await scaler.beat()).toMatchObject({ outcome: 'published' })
  await scaler.stop()
  expect(aws.published).toEqual([])
  expect(lines).toHaveLength(1)
  return lines[0] ?? ''
}

it('writes one line a beat, as CloudWatch’s specification has it', async () => {
  const line = await lineOf((aws) => (aws.queue = { visible: 500, inFlight: 7, delayed: 0 }))
  expect(line).not.toContain('\n')
  const entry = root.parse(JSON.parse(line))
  const [directive] = entry._aws.CloudWatchMetrics
  expect(entry._aws.Timestamp).toBe(manualClock().now())
  expect(directive).toMatchObject({ Namespace: 'Longshore', Dimensions: [['ClusterName', 'ServiceName']] })
  expect(entry).toMatchObject({ ClusterName: 'media', ServiceName: 'thumbnails', BacklogPerTask: 3_000 })
  expect(directive?.Metrics.map(({ Name }) => Name)).toEqual([
    'BacklogPerTask',
    'TasksRequired',
    'TaskDeficit',
    'TaskSurplus',
    'WaitEstimate',
    'SlotUtilization',
  ])
})

it('has a number for each metric and a text for each dimension that it names', async () => {
  const entry = root.parse(JSON.parse(await lineOf()))
  const [directive] = entry._aws.CloudWatchMetrics
  for (const { Name } of directive?.Metrics ?? []) expect(entry[Name], Name).toBeTypeOf('number')
  for (const name of directive?.Dimensions.flat() ?? []) expect(entry[name], name).toMatch(/^\S+$/)
})

it('leaves out what has no value, rather than naming a metric without one', async () => {
  const entry = root.parse(
    JSON.parse(
      await lineOf((aws) => (aws.service = { desired: 0, running: 0, pending: 0, isDeploying: false })),
    ),
  )
  const names = entry._aws.CloudWatchMetrics[0]?.Metrics.map(({ Name }) => Name)
  expect(names).not.toContain('SlotUtilization')
  expect(entry).not.toHaveProperty('SlotUtilization')
})

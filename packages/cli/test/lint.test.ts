import {
  PutScalingPolicyCommand,
  ApplicationAutoScalingClient,
} from '@aws-sdk/client-application-auto-scaling'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startMedia } from './local.js'
import { configText, folderWith, longshore } from './process.js'
import { runHere } from './run-here.js'

const cwdWith = (changes?: Record<string, unknown>): string =>
  folderWith({ 'longshore.config.ts': configText({ objective: { wait: { p99: '10m' } }, ...changes }) })

describe('longshore lint', () => {
  it('finds nothing in a good configuration, and exits with 1 on a problem, with reason and fix', async () => {
    const good = await longshore(['lint', '--offline'], { cwd: cwdWith() })
    expect(good).toMatchObject({
      code: 0,
      stderr: '',
      stdout: 'thumbnails in cluster media  nothing to mend\n',
    })

    const cwd = cwdWith({ strategy: 'ladder', policies: { cpu: { target: 50, scaleIn: true } } })
    const bad = await longshore(['lint', '--offline'], { cwd })
    expect(bad.code).toBe(1)
    expect(bad.stdout).toContain('! problem  policies-fight')
    expect(bad.stdout).toContain('Leave scaleIn false in policies.cpu: they still add tasks.')
  })

  it('looks at what others have put on the service, and at its task definition', async () => {
    const aws = await startMedia()
    const env = aws.environment
    const cwd = cwdWith({ handling: { mean: '20s' } })
    await runHere(['apply'], { cwd, env })
    const client = new ApplicationAutoScalingClient({
      endpoint: aws.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: '000000000000', secretAccessKey: 'local' },
    })
    onTestFinished(() => client.destroy())
    await client.send(
      new PutScalingPolicyCommand({
        ServiceNamespace: 'ecs',
        ScalableDimension: 'ecs:service:DesiredCount',
        ResourceId: 'service/media/thumbnails',
        PolicyName: 'theirs',
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 100,
          CustomizedMetricSpecification: {
            Namespace: 'AWS/SQS',
            MetricName: 'ApproximateNumberOfMessagesVisible',
            Dimensions: [{ Name: 'QueueName', Value: 'thumbnails' }],
            Statistic: 'Sum',
          },
        },
      }),
    )
    const { code, stdout } = await runHere(['lint', '--json'], { cwd, env })
    expect(code).toBe(1)
    const { services } = JSON.parse(stdout) as { services: { findings: { code: string }[] }[] }
    expect(services[0]?.findings.map((finding) => finding.code)).toEqual([
      'sum-of-gauge',
      'queue-policies-disagree',
      'stop-timeout-short',
      'visibility-short',
    ])
  })

  it('looks at the rest where the account cannot be read', async () => {
    const { code, stdout } = await runHere(['lint'], { cwd: cwdWith() })
    expect(code).toBe(0)
    expect(stdout).toContain('· note  unread')
    expect(stdout).toContain('http://127.0.0.1:9')
  })
})

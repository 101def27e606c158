import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { startLocalAws } from '../../src/index.js'
import type { LocalAws } from '../../src/index.js'
import type { PageState, TaskEntry } from '../../src/page/browser/page-state.js'
import { until } from '../server/raw-http.js'
import { LocalPage } from './local-page.js'

const ECS = 'AmazonEC2ContainerServiceV20141113'
const SCALING = 'AnyScaleFrontendService'

let aws: LocalAws
let page: LocalPage
beforeEach(async () => {
  aws = await startLocalAws({ timeScale: 100, launchDelay: '1s' })
  page = new LocalPage(aws)
  await page.call(`${ECS}.CreateCluster`, { clusterName: 'c' })
  await page.call(`${ECS}.RegisterTaskDefinition`, {
    family: 'worker',
    containerDefinitions: [
      {
        name: 'main',
        image: 'none',
        command: ['sh', '-c', 'echo ready; echo slow >&2; exec sleep 60'],
        memory: 64,
      },
    ],
  })
  await page.call(`${ECS}.CreateService`, {
    cluster: 'c',
    serviceName: 's',
    taskDefinition: 'worker',
    desiredCount: 1,
  })
})
afterEach(() => aws.close())

/** The one task of the service, once it is in a status. */
async function taskThatIs(status: string): Promise<TaskEntry> {
  let task: TaskEntry | undefined
  await until(`a task is ${status}`, async () => {
    task = Object.values((await page.state()).tasks).find((candidate) => candidate.status === status)
    return task !== undefined
  })
  if (task === undefined) throw new Error('unreachable')
  return task
}

async function stateOnce(what: string, is: (state: PageState) => boolean): Promise<PageState> {
  let state = await page.state()
  await until(what, async () => is((state = await page.state())))
  return state
}

describe('services and tasks', () => {
  it('have their counts, their limits and what they say', async () => {
    const resource = {
      ServiceNamespace: 'ecs',
      ResourceId: 'service/c/s',
      ScalableDimension: 'ecs:service:DesiredCount',
    }
    await page.call(`${SCALING}.RegisterScalableTarget`, { ...resource, MinCapacity: 1, MaxCapacity: 4 })
    await page.call(`${SCALING}.PutScalingPolicy`, {
      ...resource,
      PolicyName: 'p',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 50,
        ScaleInCooldown: 60,
        PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
      },
    })
    const task = await taskThatIs('RUNNING')
    expect(task).toMatchObject({ cluster: 'c', group: 'service:s', definition: 'worker:1' })
    const { services, policies, alarms, feed } = await stateOnce('the service runs', ({ services }) =>
      Object.values(services).some(({ running }) => running === 1),
    )
    expect(Object.values(services)).toMatchObject([
      {
        name: 's',
        cluster: 'c',
        desired: 1,
        running: 1,
        pending: 0,
        scaling: { min: 1, max: 4, suspended: [] },
      },
    ])
    const [policy] = Object.values(policies)
    expect(policy).toMatchObject({ name: 'p', service: 'service/c/s', target: 50 })
    expect(policy?.summary).toBe('holds 50; out again after 300 s, in after 60 s')
    expect(policy?.alarms.every((name) => name in alarms)).toBe(true)
    expect(Object.values(feed).map(({ title }) => title)).toContain('has started 1 tasks.')
    let { log } = await page.state(`task=${encodeURIComponent(task.arn)}`)
    await until('it has written', async () => {
      ;({ log } = await page.state(`task=${encodeURIComponent(task.arn)}`))
      return log.lines?.length === 2
    })
    expect(log.lines?.map(({ text, isError, container }) => [text, isError, container])).toEqual(
      expect.arrayContaining([
        ['ready', false, 'main'],
        ['slow', true, 'main'],
      ]),
    )
    expect((await page.state()).log).toEqual({})
  })

  it('say what keeps a service from a steady state, until it has reached one', async () => {
    const service = { cluster: 'c', serviceName: 'placeless', taskDefinition: 'worker', desiredCount: 1 }
    await page.call(`${ECS}.CreateService`, { ...service, launchType: 'EC2' })
    const complaint = ({ services }: PageState): string | undefined =>
      Object.values(services).find(({ name }) => name === 'placeless')?.complaint
    const state = await stateOnce('it complains', (now) => complaint(now) !== undefined)
    expect(complaint(state)).toMatch(/^was unable to place a task because no container instance met/)
    await page.call(`${ECS}.UpdateService`, { cluster: 'c', service: 'placeless', desiredCount: 0 })
    await stateOnce('it does no more', (now) => complaint(now) === undefined)
  })

  it('can be protected, scaled and stopped', async () => {
    const task = await taskThatIs('RUNNING')
    const protection = { cluster: 'c', tasks: [task.arn], protectionEnabled: true, expiresInMinutes: 60 }
    expect((await page.act('ecs:UpdateTaskProtection', protection)).json.failures).toEqual([])
    const realNowMs = (await page.state()).view.clock?.realNowMs ?? 0
    const { protectedUntilMs = 0 } = await taskThatIs('RUNNING')
    expect(Math.abs(protectedUntilMs - realNowMs - 3_600_000)).toBeLessThan(30_000)

    expect(
      (await page.act('ecs:UpdateService', { cluster: 'c', service: 's', desiredCount: 2 })).status,
    ).toBe(200)
    await stateOnce('two are desired', ({ services }) => Object.values(services)[0]?.desired === 2)

    expect((await page.act('ecs:StopTask', { cluster: 'c', task: task.arn, reason: 'enough' })).status).toBe(
      200,
    )
    const stopped = await taskThatIs('STOPPED')
    expect(stopped).toMatchObject({ arn: task.arn, stoppedReason: 'enough' })
  })
})

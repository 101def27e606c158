// Every strategy over real processes: from zero to what the work needs and back to zero, and without its publisher.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LocalAwsOptions } from '@longshore/local'
import { describe, expect, it } from 'vitest'
import type { TestContext } from 'vitest'
import { Stage, until } from './stage.js'

/**
 * Control-plane time runs so much faster. Ladder and controller take half a minute without a reading for a gap, after
 * which they shrink nothing for a while: at 20 times a busy machine may be a second and a half late.
 */
const FAST = 60
const STEADY = 20
const HANDLING_MS = 200

/** Up to three tasks of five slots; in the control plane's time, as the publisher keeps it. */
async function writeConfig(
  strategy: object,
  timeScale: number,
  { onTestFinished }: TestContext,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'longshore-config-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'longshore.config.mjs')
  const config = {
    cluster: 'system',
    service: 'records',
    queue: 'records',
    tasks: { min: 0, max: 3, concurrency: 5 },
    handling: { mean: `${(HANDLING_MS * timeScale) / 1_000}s`, variation: 0 },
    objective: { wait: { p99: `${2 * timeScale}s` } },
    ...strategy,
  }
  await writeFile(path, `export default ${JSON.stringify(config)}`)
  return path
}

async function openStage({ onTestFinished }: TestContext, local: LocalAwsOptions): Promise<Stage> {
  const stage = await Stage.open({
    local: { launchDelay: '10s', metricDelay: '10s', ...local },
    desiredCount: 0,
    handlingMs: HANDLING_MS,
    visibilityTimeoutSeconds: 30,
  })
  onTestFinished(() => stage.close())
  return stage
}

/** Five low minutes in place of fifteen save a test ten seconds. */
const QUICK_TRACKING = { timeScale: FAST, parameters: { trackingLowDatapoints: 5 } }

/** Everything was handled once, and no task was cut off. */
async function expectCleanEnd(running: Stage, ids: readonly string[]): Promise<void> {
  const records = await running.records()
  const ended = records.filter(({ event }) => event === 'ended')
  expect(new Set(ended.map(({ id }) => id))).toEqual(new Set(ids))
  expect(ended.length, 'no message is handled twice').toBe(ids.length)
  const stopped = await until('every task has stopped', () => running.tasks('STOPPED'), {
    isSo: (tasks) => tasks.every(({ lastStatus }) => lastStatus === 'STOPPED'),
    seconds: 60,
  })
  // One that is told to stop before it has loaded, as on a busy machine, ends by the signal.
  const exitCodes = stopped.map(({ containers }) => containers?.[0]?.exitCode)
  expect([0, 143]).toEqual(expect.arrayContaining([...new Set(exitCodes)]))
  const worked = new Set(records.map(({ pid }) => pid)).size
  expect(exitCodes.filter((code) => code === 0).length).toBeGreaterThanOrEqual(worked)
}

const isAtZero = ({
  desiredCount,
  runningCount,
  pendingCount,
}: Awaited<ReturnType<Stage['service']>>): boolean =>
  desiredCount === 0 && runningCount === 0 && pendingCount === 0

describe.concurrent('a service at zero', () => {
  it.for<[string, { strategy: object; local: LocalAwsOptions & { timeScale: number }; first: number }]>([
    // Target tracking has only one task to add from zero.
    ['targetTracking', { strategy: {}, local: QUICK_TRACKING, first: 1 }],
    [
      'ladder',
      {
        strategy: { strategy: 'ladder', ladder: { surplusFor: '20s' } },
        local: { timeScale: STEADY },
        first: 3,
      },
    ],
    [
      'controller',
      {
        strategy: { strategy: 'controller', controller: { surplusFor: '40s', idleFor: '40s' } },
        local: { timeScale: STEADY },
        first: 3,
      },
    ],
  ])(
    'is woken by messages, scaled by %s, and goes back to zero with every message handled',
    { timeout: 120_000 },
    async ([, run], test) => {
      const config = await writeConfig(run.strategy, run.local.timeScale, test)
      const running = await openStage(test, run.local)
      await running.longshore(['apply', '--config', config]).finished()
      const ids = await running.send(180)
      const publisher = running.longshore(['publish', '--config', config])

      const woken = await until('the service is woken', () => running.service(), {
        isSo: ({ desiredCount = 0 }) => desiredCount > 0,
        seconds: 60,
      })
      expect(woken.desiredCount).toBeGreaterThanOrEqual(run.first)
      await until('every message is settled', () => running.depth(), {
        isSo: (depth) => depth === 0,
        seconds: 60,
      })
      await until('the service is at zero', () => running.service(), { isSo: isAtZero, seconds: 60 })
      await publisher.end()
      await expectCleanEnd(running, ids)
    },
  )
})

describe.concurrent('a publisher that is killed', () => {
  it('strands no queue: the fallback adds tasks until it has drained, and the next publisher goes on', async (test) => {
    const config = await writeConfig({}, FAST, test)
    const running = await openStage(test, QUICK_TRACKING)
    await running.longshore(['apply', '--config', config]).finished()
    const first = running.longshore(['publish', '--config', config])
    await first.said('published')
    await first.kill()
    const ids = await running.send(180)
    await until('every message is settled', () => running.depth(), {
      isSo: (depth) => depth === 0,
      seconds: 60,
    })
    // Nobody knows that the queue is empty: nothing is taken away.
    expect((await running.service()).desiredCount).toBeGreaterThan(0)

    const second = running.longshore(['publish', '--config', config])
    await until('the service is at zero', () => running.service(), { isSo: isAtZero, seconds: 60 })
    await second.end()
    await expectCleanEnd(running, ids)
  }, 120_000)

  it('in the middle of a drain costs no task and strands no message that comes after, and the next one takes over', async (test) => {
    const config = await writeConfig({}, FAST, test)
    const running = await openStage(test, QUICK_TRACKING)
    await running.longshore(['apply', '--config', config]).finished()
    const first = running.longshore(['publish', '--config', config])
    const ids = await running.send(180)
    await until('the drain is under way', () => running.records(), {
      isSo: (records) => records.filter(({ event }) => event === 'ended').length >= 20,
      seconds: 40,
    })
    await first.kill()
    const killedAtMs = performance.now()
    ids.push(...(await running.send(250, ids.length)))

    const desired: number[] = []
    // Longer than the five low minutes after which target tracking takes tasks away, of which there is no word.
    await until('every message is settled, and minutes have passed', () => running.depth(), {
      isSo: (depth) => depth === 0 && performance.now() - killedAtMs > (8 * 60_000) / FAST,
      seconds: 60,
      meanwhile: async () => void desired.push((await running.service()).desiredCount ?? 0),
    })
    expect(desired, 'no task is taken away').toEqual(desired.toSorted((one, other) => one - other))
    expect(desired.at(-1), 'the most that there may be').toBe(3)
    const seen = JSON.parse(await running.longshore(['status', '--json', '--config', config]).finished()) as {
      services: { everyPolicy: { policy: { name: string }; lastActivity: unknown }[] }[]
    }
    const fallback = seen.services[0]?.everyPolicy.find(({ policy }) => policy.name === 'longshore-fallback')
    expect(fallback?.lastActivity, 'the fallback has acted').not.toBeNull()

    const second = running.longshore(['publish', '--config', config])
    await until('the service is at zero', () => running.service(), { isSo: isAtZero, seconds: 40 })
    await second.end()
    await expectCleanEnd(running, ids)
  }, 120_000)
})

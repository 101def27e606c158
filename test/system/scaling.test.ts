import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { Stage, until } from './stage.js'

let stage: Stage | undefined
let configFolder: string | undefined

afterEach(async () => {
  await stage?.close()
  if (configFolder !== undefined) await rm(configFolder, { recursive: true, force: true })
  stage = configFolder = undefined
})

/** A config as a user's: in a folder of its own, found by --config. Five slots, 200 ms each, a wait of two seconds. */
async function writeConfig(): Promise<string> {
  configFolder = await mkdtemp(join(tmpdir(), 'longshore-config-'))
  const path = join(configFolder, 'longshore.config.mjs')
  await writeFile(
    path,
    `export default {
      cluster: 'system', service: 'records', queue: 'records',
      tasks: { min: 1, max: 4, concurrency: 5 },
      handling: { mean: '200ms' },
      objective: { wait: { p99: '2s' } },
    }`,
  )
  return path
}

describe('a service on a local AWS', () => {
  it('goes from one task to several and back, handles every message and stops every task cleanly', async () => {
    const config = await writeConfig()
    stage = await Stage.open({
      local: { timeScale: 60, launchDelay: '23s' },
      desiredCount: 1,
      handlingMs: 200,
      visibilityTimeoutSeconds: 30,
    })
    const running = stage
    await running.longshore(['apply', '--config', config]).finished()
    const publisher = running.longshore(['publish', '--config', config])
    const ids = await running.send(600)

    const peak = await until('the service has scaled out', () => running.service(), {
      isSo: ({ runningCount = 0 }) => runningCount >= 3,
      seconds: 60,
    })
    await until('every message is settled', () => running.depth(), {
      isSo: (depth) => depth === 0,
      seconds: 60,
    })
    await until('the service has scaled in', () => running.service(), {
      isSo: ({ desiredCount, runningCount, pendingCount }) =>
        desiredCount === 1 && runningCount === 1 && pendingCount === 0,
      seconds: 60,
    })
    await publisher.end()

    const ended = (await running.records()).filter(({ event }) => event === 'ended')
    expect(new Set(ended.map(({ id }) => id))).toEqual(new Set(ids))
    expect(ended.length, 'no message is handled twice').toBe(ids.length)
    const stopped = await until('the tasks have stopped', () => running.tasks('STOPPED'), {
      isSo: (tasks) =>
        tasks.length >= (peak.runningCount ?? 0) - 1 &&
        tasks.every(({ lastStatus }) => lastStatus === 'STOPPED'),
      seconds: 60,
    })
    expect(
      stopped.map(({ stopCode, containers }) => ({ stopCode, exitCode: containers?.[0]?.exitCode })),
    ).toEqual(stopped.map(() => ({ stopCode: 'ServiceSchedulerInitiated', exitCode: 0 })))
  }, 120_000)

  it('handles again what a task had taken when it was killed', async () => {
    stage = await Stage.open({
      local: { timeScale: 20 },
      desiredCount: 2,
      handlingMs: 400,
      visibilityTimeoutSeconds: 4,
    })
    const running = stage
    const ids = await running.send(150)
    const begun = await until('handlings have started', () => running.records(), {
      isSo: (records) => records.filter(({ event }) => event === 'ended').length >= 5,
      seconds: 60,
    })
    const victim = begun[0]?.pid ?? 0

    process.kill(victim, 'SIGKILL')
    const killed = await until('the killed task is seen as stopped', () => running.tasks('STOPPED'), {
      isSo: (tasks) => tasks.length === 1 && tasks[0]?.lastStatus === 'STOPPED',
      seconds: 60,
    })
    await until('every message is settled', () => running.depth(), {
      isSo: (depth) => depth === 0,
      seconds: 60,
    })

    expect(killed[0]).toMatchObject({ stopCode: 'EssentialContainerExited', containers: [{ exitCode: 137 }] })
    const records = await running.records()
    const endedIds = new Set(records.filter(({ event }) => event === 'ended').map(({ id }) => id))
    expect(endedIds).toEqual(new Set(ids))
    const ofVictim = records.filter(({ pid }) => pid === victim)
    const cutShort = ofVictim.filter(
      ({ event, id }) =>
        event === 'started' && !ofVictim.some((other) => other.event === 'ended' && other.id === id),
    )
    expect(cutShort.length, 'the kill came mid-handling').toBeGreaterThan(0)
    for (const { id } of cutShort) {
      const again = records.find((record) => record.id === id && record.event === 'ended')
      expect(again?.receiveCount, id).toBeGreaterThan(1)
    }
    const { runningCount } = await until('the task is replaced', () => running.service(), {
      isSo: (service) => service.runningCount === 2,
      seconds: 60,
    })
    expect(runningCount).toBe(2)
  }, 120_000)
})

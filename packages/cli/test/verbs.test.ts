import { describe, expect, it } from 'vitest'
import { startMedia } from './local.js'
import { configText, folderWith, longshore, start } from './process.js'
import { runHere } from './run-here.js'

const cwdWith = (changes?: Record<string, unknown>): string =>
  folderWith({ 'longshore.config.ts': configText(changes) })

const lines = (text: string): string[] => text.trimEnd().split('\n')
const jsonLines = (text: string): Record<string, unknown>[] =>
  lines(text).map((line) => JSON.parse(line) as Record<string, unknown>)

describe('longshore plan and apply', () => {
  it('show, do, and then find nothing more to do', async () => {
    const { environment: env } = await startMedia()
    const cwd = cwdWith()

    const before = await longshore(['plan', '--exit-code'], { cwd, env })
    expect(before).toMatchObject({ code: 3, stderr: '' })
    expect(lines(before.stdout)).toEqual([
      'thumbnails in cluster media',
      '  3,000 messages per task = 1 min wait ÷ (400 ms handling ÷ 20 at once)',
      '  + scalable target service/media/thumbnails',
      '      minCapacity  1',
      '      maxCapacity  10',
      '  + scaling policy longshore-backlog-per-task',
      '      policyType        TargetTrackingScaling',
      '      metric            Longshore/BacklogPerTask{ClusterName=media,ServiceName=thumbnails}',
      '      statistic         Average',
      '      targetValue       3000',
      '      scaleOutCooldown  130s',
      '      scaleInCooldown   300s',
      '      disableScaleIn    false',
      '  + scaling policy longshore-fallback',
      '      policyType   StepScaling',
      '      adjustment   ChangeInCapacity',
      '      aggregation  Maximum',
      '      cooldown     180s',
      expect.stringMatching(/^ {6}steps +\[0, 3000\) \+1, /),
      '  + alarm longshore/media/thumbnails/fallback',
      expect.stringMatching(/^ {6}metric +unattended = /),
      '      period       60s',
      '      condition    ≥ 3000',
      '      datapoints   3 of 5',
      '      missingData  notBreaching',
      '      setsOff      longshore-fallback',
      expect.stringMatching(/^ {6}description +Longshore: /),
      '',
      'Plan: 4 to create. `longshore apply` makes it so.',
    ])
    expect(await runHere(['plan'], { cwd, env })).toMatchObject({ code: 0, stdout: before.stdout })

    const applied = await longshore(['apply'], { cwd, env })
    expect(applied).toMatchObject({ code: 0, stderr: '' })
    expect(lines(applied.stdout).at(-1)).toBe('Done: 4 changes applied.')

    const nothing = { code: 0, stderr: '', stdout: expect.stringContaining('Nothing to do') }
    expect(await runHere(['apply'], { cwd, env })).toMatchObject(nothing)
    expect(await runHere(['plan', '--exit-code'], { cwd, env })).toMatchObject(nothing)
  })

  it('show a changed setting before and after', async () => {
    const { environment: env } = await startMedia()
    await runHere(['apply'], { cwd: cwdWith(), env })
    const cwd = cwdWith({ tasks: { min: 1, max: 12, concurrency: 20 }, objective: { wait: { p99: '30s' } } })
    const { stdout } = await runHere(['plan'], { cwd, env })
    expect(stdout).toContain('  ~ scalable target service/media/thumbnails\n      maxCapacity  10 → 12\n')
    expect(stdout).toContain(
      '  ~ scaling policy longshore-backlog-per-task\n      targetValue  3000 → 1500\n',
    )
    expect(stdout).toMatch(/Plan: \d to update\./)
  })

  it('speak JSON, and take several services', async () => {
    const { environment: env } = await startMedia({ services: ['thumbnails', 'uploads'] })
    const config = configText()
      .replace(
        'default defineService(',
        "default ['thumbnails', 'uploads'].map((service) => defineService({ ...",
      )
      .replace(/\)\n$/, ', service, queue: service }))\n')
    const cwd = folderWith({ 'longshore.config.ts': config })

    const [plan] = jsonLines((await runHere(['plan', '--json'], { cwd, env })).stdout)
    expect(plan).toMatchObject({
      services: [
        {
          service: { service: 'thumbnails' },
          changes: [
            { action: 'create', kind: 'scalableTarget' },
            { kind: 'scalingPolicy' },
            { kind: 'scalingPolicy' },
            { kind: 'alarm' },
          ],
        },
        { plan: { resourceId: 'service/media/uploads', target: { minCapacity: 1, maxCapacity: 10 } } },
      ],
    })
    const applied = jsonLines((await runHere(['apply', '--json'], { cwd, env })).stdout)
    expect(applied).toHaveLength(9)
    expect(applied[0]).toMatchObject({ change: { action: 'create', name: 'service/media/thumbnails' } })
    expect(applied.at(-1)).toEqual({ applied: 8 })
  })

  it.each(['plan', 'apply'])('%s says which service or cluster is not there', async (verb) => {
    const { environment: env } = await startMedia()
    const noService = await longshore([verb], { cwd: cwdWith({ service: 'uploads' }), env })
    expect(noService).toMatchObject({ code: 1, stdout: '' })
    expect(noService.stderr).toMatch(
      /^longshore: Service "uploads" in cluster "media" was not found at .*\n$/,
    )
    const noCluster = await runHere([verb], { cwd: cwdWith({ cluster: 'other' }), env })
    expect(noCluster).toMatchObject({ code: 1, stdout: '' })
    expect(noCluster.stderr).toMatch(/^longshore: Cluster "other" was not found at .*\n$/)
  })
})

describe('longshore publish', () => {
  it('prints a line for each decision until it is told to stop', async () => {
    const { environment: env } = await startMedia({ messages: 30, timeScale: 100 })
    const publish = start(['publish'], { cwd: cwdWith(), env })
    await publish.untilStdout(/(published.*\n.*){3}/)
    publish.child.kill('SIGINT')
    const ended = await publish.ended
    const stderr = expect.stringMatching(
      /^longshore: publishing costs about \$4\.\d\d a month \(list price us-east-1, as of .*\n$/,
    )
    expect(ended).toMatchObject({ code: 0, signal: null, stderr })
    for (const line of lines(ended.stdout)) {
      expect(line).toMatch(
        /^\d{4}-.*Z thumbnails {2}published 3,001 of 3,000 messages per task {2}\(30 visible, 0 in flight; 0 tasks running/,
      )
    }
  })

  it('keeps the pace of the local control plane', async () => {
    const { environment: env } = await startMedia({ timeScale: 100 })
    const publish = start(['publish', '--json'], { cwd: cwdWith(), env })
    await publish.untilStdout(/(.*\n){4}/)
    publish.child.kill('SIGTERM')
    const [first, , third] = jsonLines((await publish.ended).stdout)
    const apartMs = Date.parse(String(third?.at)) - Date.parse(String(first?.at))
    // Two beats, or more where a slow machine has left some out.
    expect(apartMs).toBeGreaterThan(15_000)
    expect(Number(env.LONGSHORE_TIME_ORIGIN)).toBeLessThan(Date.parse(String(first?.at)))
  })

  it('makes one beat with --once', async () => {
    const { environment: env } = await startMedia()
    const { code, stdout, stderr } = await runHere(['publish', '--once', '--json'], { cwd: cwdWith(), env })
    expect([code, stderr]).toEqual([0, ''])
    expect(jsonLines(stdout)).toMatchObject([
      {
        event: 'published',
        cluster: 'media',
        service: 'thumbnails',
        decision: { backlogPerTask: 0, target: 3000 },
      },
    ])
  })

  it('holds, says why once, and exits with 1 with --once, when a queue does not exist', async () => {
    const { environment: env } = await startMedia({ timeScale: 100 })
    const cwd = cwdWith({ queue: 'thumbnials' })
    const once = await runHere(['publish', '--once'], { cwd, env })
    expect(once).toMatchObject({ code: 1, stderr: '' })
    expect(once.stdout).toMatch(
      /hold: Queue "thumbnials" was not found at .* Create it, or correct `queue`.*\n$/,
    )

    const publish = start(['publish'], { cwd, env })
    await publish.untilStdout('hold')
    await new Promise((resolve) => setTimeout(resolve, 500))
    publish.child.kill('SIGINT')
    expect(lines((await publish.ended).stdout)).toHaveLength(1)
  })

  it('writes metrics as EMF lines alone to stdout with --emf', async () => {
    const { environment: env } = await startMedia()
    const ended = await runHere(['publish', '--once', '--emf'], { cwd: cwdWith(), env })
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('published 0 of 3,000') })
    const backlog = { Name: 'BacklogPerTask', Unit: 'Count', StorageResolution: 1 }
    expect(jsonLines(ended.stdout)).toMatchObject([
      {
        _aws: { CloudWatchMetrics: [{ Namespace: 'Longshore', Metrics: expect.arrayContaining([backlog]) }] },
        ServiceName: 'thumbnails',
        BacklogPerTask: 0,
      },
    ])
  })

  it('refuses an interval that would leave a minute without a value', async () => {
    const ended = await runHere(['publish', '--interval', '2m'], { cwd: cwdWith() })
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toContain("Expected a duration from '1s' to '60s'.")
  })

  it('refuses half of the variables that set its time', async () => {
    const ended = await longshore(['publish'], { cwd: cwdWith(), env: { LONGSHORE_TIME_SCALE: '10' } })
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toMatch(
      /^longshore: LONGSHORE_TIME_ORIGIN: expected a number above 0, got nothing\./,
    )
  })
})

describe('longshore status', () => {
  it('shows everything, and why nothing happens', async () => {
    const { environment: env } = await startMedia({ messages: 5 })
    const schedules = [{ name: 'night', when: 'cron(0 2 * * ? *)', timezone: 'Europe/Berlin', max: 4 }]
    const cwd = cwdWith({ schedules })
    const before = await runHere(['status'], { cwd, env })
    expect(before).toMatchObject({ code: 0, stderr: '' })
    expect(before.stdout).toContain('Nothing scales this service: it is not registered as a scalable target.')

    await runHere(['apply'], { cwd, env })
    const { code, stdout } = await longshore(['status'], { cwd, env })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ {2}queue +thumbnails: 5 visible, 0 in flight, 0 delayed$/m)
    expect(stdout).toMatch(/^ {2}tasks +.*scaled from 1 to 10$/m)
    expect(stdout).toMatch(/^ {2}required +1 task required, \d running/m)
    expect(stdout).toMatch(
      /^ {2}schedule +longshore-night: max 4, next \d{4}-\d\d-\d\d 02:00:00 Europe\/Berlin \(\d{4}-.*Z\), in \d/m,
    )
    expect(stdout).toMatch(
      /^ {2}policies +longshore-backlog-per-task: holds Longshore\/BacklogPerTask at 3,000; cooldowns 130 s out, 300 s in$/m,
    )
    expect(stdout).toMatch(/^ +out, above 3,000 in 3 × 60 s: INSUFFICIENT_DATA/m)
    expect(stdout).toMatch(/^ +in, below 2,700 in 15 × 60 s: INSUFFICIENT_DATA/m)
    expect(stdout).toMatch(/^ +longshore-fallback: steps of tasks more or fewer, .*; cooldown 180 s$/m)
    expect(stdout).toMatch(/^ +out, from 3,000 in 3 of 5 × 60 s: /m)
  })

  it('exits with 1 and shows the rest when something cannot be read', async () => {
    const { environment: env } = await startMedia()
    const { code, stdout } = await longshore(['status'], { cwd: cwdWith({ queue: 'gone' }), env })
    expect(code).toBe(1)
    expect(stdout).toMatch(/^ {2}queue +gone: could not be read$/m)
    expect(stdout).toMatch(/^ {2}tasks +0 tasks running/m)
    expect(stdout).toMatch(/Not read: Queue "gone" was not found/)
  })

  it('speaks JSON, and goes on with --watch until interrupted', async () => {
    const { environment: env } = await startMedia()
    const status = start(['status', '--watch', '--json'], { cwd: cwdWith(), env })
    await status.untilStdout(/(.*\n){2}/)
    status.child.kill('SIGINT')
    const ended = await status.ended
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(jsonLines(ended.stdout)[1]).toMatchObject({
      services: [{ resourceId: 'service/media/thumbnails', target: null, policy: null, problems: [] }],
    })
  })
})

describe('any verb', () => {
  it.each([['plan'], ['apply'], ['publish', '--once'], ['status']])(
    '%s says that the endpoint cannot be reached',
    async (...args) => {
      const { code, stdout, stderr } = await runHere(args, { cwd: cwdWith() })
      expect(code).toBe(1)
      expect(stdout + stderr).toContain(
        'Could not reach http://127.0.0.1:9 (connection refused). AWS_ENDPOINT_URL names that endpoint',
      )
      expect(stderr).not.toMatch(/^ +at /m)
    },
  )

  it('says that no region is set', async () => {
    const { code, stderr } = await longshore(['plan'], { cwd: cwdWith(), env: { AWS_REGION: '' } })
    expect(code).toBe(1)
    expect(stderr).toBe(
      'longshore: No AWS region is set, or none of AWS’s. Set AWS_REGION, or `region` in the service’s configuration.\n',
    )
  })

  it('ends quietly when its reader goes away', async () => {
    const { environment: env } = await startMedia({ timeScale: 100 })
    const publish = start(['publish'], { cwd: cwdWith(), env })
    await publish.untilStdout('published')
    publish.child.stdout.destroy()
    expect(await publish.ended).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^.*costs about.*\n$/),
    })
  })
})

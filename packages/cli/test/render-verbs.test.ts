import { describe, expect, it } from 'vitest'
import { startMedia } from './local.js'
import { configText, folderWith, longshore } from './process.js'
import { runHere } from './run-here.js'

const cwdWith = (changes?: Record<string, unknown>): string =>
  folderWith({ 'longshore.config.ts': configText(changes) })

describe('longshore template', () => {
  it('writes CloudFormation as YAML, and the same as JSON', async () => {
    const cwd = cwdWith({ region: 'eu-west-1' })
    const yaml = await longshore(['template'], { cwd })
    expect(yaml).toMatchObject({ code: 0, stderr: '' })
    expect(yaml.stdout).toMatch(/^AWSTemplateFormatVersion: 2010-09-09$/m)
    expect(yaml.stdout).toMatch(/^ {6}ResourceId: service\/media\/thumbnails$/m)
    const json = JSON.parse((await runHere(['template', '--json'], { cwd })).stdout) as {
      Resources: Record<string, { Type: string }>
    }
    expect(Object.keys(json.Resources)).toContain('ThumbnailsScalableTarget')
  })

  it('writes KEDA’s resources, and says what it needs for that', async () => {
    const cwd = cwdWith({ region: 'eu-west-1' })
    const { code, stdout } = await runHere(['template', '--format', 'keda', '--account', '123456789012'], {
      cwd,
    })
    expect(code).toBe(0)
    expect(stdout).toContain('queueURL: https://sqs.eu-west-1.amazonaws.com/123456789012/thumbnails')
    const without = await longshore(['template', '--format', 'keda'], { cwd })
    expect(without).toMatchObject({ code: 2, stdout: '' })
    expect(without.stderr).toContain('thumbnails: expected --account, twelve digits, got nothing.')
  })
})

describe('longshore iam', () => {
  it('writes one role’s policy as a document, and all roles with headings or as JSON', async () => {
    const cwd = cwdWith({ region: 'eu-west-1' })
    const account = ['--account', '123456789012']
    const one = await longshore(['iam', ...account, '--role', 'worker', '--dead-letters', 'dead'], { cwd })
    expect(one.code).toBe(0)
    const { Statement } = JSON.parse(one.stdout) as { Statement: { Sid: string; Resource: unknown }[] }
    expect(Statement.map(({ Sid }) => Sid)).toEqual(['HandleMessages', 'KeepDeadLetters', 'ProtectItself'])
    expect(Statement[1]?.Resource).toEqual(['arn:aws:sqs:eu-west-1:123456789012:dead'])

    const all = await runHere(['iam', ...account], { cwd })
    expect(all.stdout).toMatch(/^# thumbnails: publisher$/m)
    expect(all.stdout).not.toContain('controller')
    const leased = await runHere(['iam', ...account, '--role', 'publisher', '--lease-table', 'leases'], {
      cwd,
    })
    expect(leased.stdout).toContain('arn:aws:dynamodb:eu-west-1:123456789012:table/leases')
    const json = JSON.parse((await runHere(['iam', ...account, '--json'], { cwd })).stdout) as unknown
    expect(json).toMatchObject({ services: [{ service: 'thumbnails', roles: { publisher: {} } }] })
  })

  it('lets the workers publish with --in-workers, and then asks for no publisher', async () => {
    const options = ['--account', '123456789012', '--region', 'eu-west-1', '--in-workers', '--json']
    const { code, stdout } = await runHere(['iam', ...options], { cwd: cwdWith() })
    expect(code).toBe(0)
    const { services } = JSON.parse(stdout) as {
      services: { roles: Record<string, { Statement: { Action: string[]; Resource: unknown }[] }> }[]
    }
    const { worker, publisher } = services[0]?.roles ?? {}
    expect(publisher?.Statement).toEqual([])
    const actions = worker?.Statement.flatMap(({ Action }) => Action) ?? []
    for (const action of ['sqs:ReceiveMessage', 'cloudwatch:PutMetricData', 'ecs:ListTasks'])
      expect(actions).toContain(action)
  })

  it('refuses what is no account', async () => {
    const { code, stderr } = await longshore(['iam', '--account', '12'], { cwd: cwdWith() })
    expect(code).toBe(2)
    expect(stderr).toContain('Expected twelve digits.')
  })
})

describe('longshore destroy', () => {
  it('shows what it would remove, removes it when told to, and then finds nothing', async () => {
    const { environment: env } = await startMedia()
    const cwd = cwdWith()
    await runHere(['apply'], { cwd, env })

    const shown = await longshore(['destroy'], { cwd, env })
    expect(shown).toMatchObject({ code: 3, stderr: '' })
    expect(shown.stdout).toContain('− scalable target service/media/thumbnails')
    expect(shown.stdout).toContain('would be removed. `longshore destroy --yes` does it.')
    expect(await runHere(['plan', '--exit-code'], { cwd, env })).toMatchObject({ code: 0 })

    const done = await longshore(['destroy', '--yes'], { cwd, env })
    expect(done).toMatchObject({ code: 0, stderr: '' })
    expect(done.stdout).toMatch(/^Done: \d+ resources removed\.$/m)
    const again = await runHere(['destroy', '--yes', '--json'], { cwd, env })
    expect(again).toMatchObject({ code: 0, stdout: '{"removed":0,"kept":[]}\n' })
    expect(await runHere(['plan', '--exit-code'], { cwd, env })).toMatchObject({ code: 3 })
  })
})

// What every verb writes with --json, and the exit code with it: the tables of the README.
import { readFileSync } from 'node:fs'
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { run } from '../src/index.js'
import { startMedia } from './local.js'
import { configText, folderWith } from './process.js'

interface Ran {
  readonly code: number
  readonly lines: readonly Record<string, unknown>[]
  readonly stderr: string
}

/** The command in this process, with --json; `until` it has written so many lines, if it does not end by itself. */
async function json(args: readonly string[], cwd: string, until = Infinity): Promise<Ran> {
  const stop = new AbortController()
  const lines: Record<string, unknown>[] = []
  let stderr = ''
  const stdout = {
    write(text: string): void {
      for (const line of text.trimEnd().split('\n')) lines.push(JSON.parse(line) as Record<string, unknown>)
      if (lines.length >= until) stop.abort()
    },
  }
  const code = await run([...args, '--json'], {
    stdout,
    stderr: { write: (text) => (stderr += text) },
    env: process.env,
    cwd,
    signal: stop.signal,
  })
  return { code, lines, stderr }
}

/** The members that the README names for a verb: of the first, and of the last line. */
function documented(verb: string): string[] {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, members = ''] =
    new RegExp(`^\\| \`${verb}\` +\\|[^|]*\\| ([^|]*\`[^|]*)\\|$`, 'm').exec(readme) ?? []
  return [...members.matchAll(/`(\w+)`/g)].map(([, name = '']) => name)
}

/** Every member of a value, however deep. */
function membersOf(value: unknown, members = new Set<string>()): Set<string> {
  if (typeof value !== 'object' || value === null) return members
  for (const [name, inner] of Object.entries(value)) membersOf(inner, members.add(name))
  return members
}

function expectDocumented(verb: string, { lines }: Ran, others: readonly string[] = []): void {
  const members = membersOf(lines)
  const names = documented(verb)
  expect(names.length, `the README's row of ${verb}`).toBeGreaterThanOrEqual(1)
  expect(
    names.filter((name) => !members.has(name)),
    verb,
  ).toEqual(others)
}

describe('every verb with --json', () => {
  beforeAll(() => {
    vi.stubEnv('AWS_REGION', 'us-east-1')
    return () => vi.unstubAllEnvs()
  })

  it('writes what the README says, and exits as it says', async () => {
    const aws = await startMedia()
    for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value)
    const sqs = new SQSClient({ useQueueUrlAsEndpoint: false })
    onTestFinished(() => sqs.destroy())
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'dead' }))
    const deadLetterTargetArn = 'arn:aws:sqs:us-east-1:000000000000:dead'
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 3 })
    await sqs.send(new CreateQueueCommand({ QueueName: 'alive', Attributes: { RedrivePolicy } }))
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }))
    const cwd = folderWith({
      'longshore.config.ts': configText({ objective: { wait: { p99: '10m' } } }),
    })

    const ran = async (verb: string, args: readonly string[], code: number, others?: string[]) => {
      const result = await json([verb, ...args], cwd)
      expect({ verb, code: result.code, stderr: result.stderr }).toEqual({ verb, code, stderr: '' })
      expectDocumented(verb, result, others)
      return result
    }
    await ran('init', ['--print'], 0, ['path'])
    await ran('init', ['--config', 'other.config.ts'], 0)
    // The queue has no dead-letter queue, which is a problem.
    await ran('doctor', [], 1)
    await ran('plan', [], 0)
    await ran('plan', ['--exit-code'], 3)
    await ran('destroy', [], 0, ['change', 'removed'])
    const { lines } = await ran('apply', [], 0)
    expect(lines.at(-1)).toEqual({ applied: lines.length - 1 })
    await ran('plan', ['--exit-code'], 0)
    await ran('publish', ['--once'], 0)
    await ran('status', [], 0)
    await ran('lint', [], 0)
    await ran('iam', ['--account', '123456789012'], 0)
    const template = await json(['template'], cwd)
    expect(template).toMatchObject({ code: 0, lines: [{ Resources: {} }] })
    const keda = await json(['template', '--format', 'keda', '--account', '123456789012'], cwd)
    expect(keda.lines.map(({ kind }) => kind)).toEqual(['TriggerAuthentication', 'ScaledObject'])
    await ran('redrive', ['alive', '--dry-run'], 0)
    await ran('destroy', [], 3, ['removed'])
    await ran('destroy', ['--yes'], 0, ['toRemove'])
    await ran('completion', ['bash'], 0)
    const dev = await json(['dev', '--port', '0', '--queues', 'orders'], cwd, 1)
    expect(dev.code).toBe(0)
    expectDocumented('dev', dev)
  })

  it.each<[string, string[], number]>([
    ['wrong options', ['plan', '--nonsense'], 2],
    ['a configuration that is not there', ['plan', '--config', 'none.ts'], 2],
    ['a wrong configuration', ['lint', '--config', 'wrong.ts'], 2],
    ['nobody at the endpoint', ['plan'], 1],
  ])('keeps stdout empty and says why on stderr: %s', async (_, args, code) => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:9')
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
    const cwd = folderWith({
      'longshore.config.ts': configText(),
      'wrong.ts': configText({ tasks: { min: 3, max: 1, concurrency: 1 } }).replace('defineService(', '('),
    })
    const result = await json(args, cwd)
    expect(result).toMatchObject({ code, lines: [] })
    expect(result.stderr).toMatch(/^longshore: /)
  })
})

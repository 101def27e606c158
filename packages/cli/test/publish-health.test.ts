import { expect, it } from 'vitest'
import { documentedOptions, optionsOf } from './documented-options.js'
import { startMedia } from './local.js'
import { configText, folderWith, longshore, start } from './process.js'
import { runHere } from './run-here.js'

const folder = (): string => folderWith({ 'longshore.config.ts': configText() })

it('longshore publish --health-port serves what it does, and says where', async () => {
  const { environment: env } = await startMedia({ timeScale: 100 })
  const publish = start(['publish', '--health-port', '0'], { cwd: folder(), env })
  let said = ''
  publish.child.stderr.on('data', (chunk) => (said += String(chunk)))
  await publish.untilStdout('published')
  const line = /^longshore: health on (http:\/\/127\.0\.0\.1:\d+)$/m
  // Written before, to another pipe: it may be read after.
  await expect.poll(() => said, { timeout: 20_000 }).toMatch(line)
  const [, url = ''] = line.exec(said) ?? []
  const page = async (path: string): Promise<string> => (await fetch(url + path)).text()
  expect([await page('/live'), await page('/ready')]).toEqual(['ok\n', 'ok\n'])
  const metrics = await page('/metrics')
  expect(metrics).toMatch(/^longshore_publisher_calls_total\{action="cloudwatch:PutMetricData"\} [1-9]/m)
  expect(metrics).toMatch(
    /^longshore_publisher_call_seconds_total\{action="sqs:GetQueueAttributes"\} 0\.\d+$/m,
  )
  expect(metrics).toContain('longshore_service_tasks_running{cluster="media",service="thumbnails"} 0\n')

  const { port } = new URL(url)
  const second = await longshore(['publish', '--health-port', port], { cwd: folder(), env })
  expect(second).toMatchObject({ code: 2, stdout: '' })
  expect(second.stderr).toContain(
    'health.port: expected a port that nothing listens on; 0 takes a free one, got',
  )
  publish.child.kill('SIGINT')
  expect(await publish.ended).toMatchObject({ code: 0 })
})

it.each([
  [['--health-host', '0.0.0.0'], '--health-host: expected --health-port beside it'],
  [['--health-port', '9090', '--once'], '--health-port: expected a publisher that goes on, got --once'],
  [['--health-port', '70000'], 'Expected a whole number from 0 to 65535.'],
])('longshore publish refuses %j', async (options, message) => {
  const ended = await runHere(['publish', ...options], { cwd: folder() })
  expect(ended).toMatchObject({ code: 2, stdout: '' })
  expect(ended.stderr).toContain(message)
})

it('the README has each option of longshore publish, as its help says it', async () => {
  expect(documentedOptions('Publishing')).toEqual(await optionsOf('publish'))
})

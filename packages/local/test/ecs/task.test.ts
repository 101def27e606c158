// Tasks as real processes: control time is moved by hand, drains and kills take real time.
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Described, LocalEcs } from './local-ecs.js'
import { isAlive, localEcs, PATIENT } from './local-ecs.js'

let local: LocalEcs
const lines: string[] = []

beforeEach(async () => {
  lines.length = 0
  local = localEcs({
    taskEnvironment: () => ({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1', LEVEL: 'task' }),
    onTaskOutput: ({ container, stream, line }) => lines.push(`${container} ${stream} ${line}`),
  })
  await local.call('CreateCluster')
})
afterEach(() => local[Symbol.asyncDispose]())

async function run(taskDefinition: string, input: object = {}): Promise<string> {
  const { tasks, failures } = await local.call('RunTask', { taskDefinition, ...input })
  expect(failures).toEqual([])
  return (tasks as Described[])[0]?.taskArn as string
}

const reach = (arn: string, status: string): Promise<void> =>
  local.until(`${arn} ${status}`, async () => (await local.task(arn)).lastStatus === status, 100)

const output = (text: string): Promise<void> => local.until(text, () => lines.includes(text), 100)

async function runToEnd(taskDefinition: string, input: object = {}): Promise<Described> {
  const arn = await run(taskDefinition, input)
  await reach(arn, 'STOPPED')
  return local.task(arn)
}

const containersOf = (task: Described): Described[] => task.containers as Described[]

describe('the life of a task', () => {
  test('passes PROVISIONING and PENDING within the launch delay, and is RUNNING after it', async () => {
    await local.registerShell('app', PATIENT)
    const arn = await run('app', { startedBy: 'me', tags: [{ key: 'a', value: '1' }] })
    const seen: unknown[] = []
    for (let step = 0; step < 5; step += 1) {
      seen.push((await local.task(arn)).lastStatus)
      await local.control.advance(500)
    }
    expect(seen).toEqual(['PROVISIONING', 'PROVISIONING', 'PENDING', 'PENDING', expect.any(String)])
    await reach(arn, 'RUNNING')
    const task = await local.task(arn)
    const createdAt = task.createdAt as number
    expect(task).toMatchObject({
      group: 'family:app',
      startedBy: 'me',
      desiredStatus: 'RUNNING',
      launchType: 'FARGATE',
      pullStartedAt: createdAt + 1,
      pullStoppedAt: createdAt + 2,
      containers: [{ name: 'main', lastStatus: 'RUNNING', image: 'none', taskArn: arn }],
    })
  })

  test('ends with the exit code of its essential container', async () => {
    await local.registerShell('app', 'exit 3')
    expect(await runToEnd('app')).toMatchObject({
      lastStatus: 'STOPPED',
      desiredStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ lastStatus: 'STOPPED', exitCode: 3 }],
    })
  })

  test('says why a command could not be started', async () => {
    const missing = { command: ['no-such-program'] }
    await local.registerShell('app', '', missing)
    const task = await runToEnd('app')
    const reason = 'CannotStartContainerError: exec: "no-such-program": executable file not found in $PATH'
    expect(task).toMatchObject({ stopCode: 'TaskFailedToStart', stoppedReason: reason })
    expect(containersOf(task)[0]).toMatchObject({ reason })
    expect(containersOf(task)[0]).not.toHaveProperty('exitCode')
    expect(task).not.toHaveProperty('startedAt')
  })

  test('says that a working directory does not exist', async () => {
    await local.registerShell('app', 'true', { workingDirectory: '/no/such/folder' })
    expect((await runToEnd('app')).stoppedReason).toContain(
      'working directory "/no/such/folder" does not exist',
    )
  })

  test('says which secrets nothing here can resolve', async () => {
    const secrets = [
      { name: 'LEVEL', valueFrom: 'arn:aws:ssm:::parameter/level' },
      { name: 'TOKEN', valueFrom: 'arn:aws:ssm:::parameter/token' },
    ]
    await local.registerShell('app', 'true', { secrets })
    expect(await runToEnd('app')).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: expect.stringContaining('unable to pull secrets: TOKEN.'),
    })
  })

  test('is forgotten an hour after it stopped', async () => {
    await local.registerShell('app', 'true')
    const arn = await run('app')
    await reach(arn, 'STOPPED')
    await local.control.advance(3_599_000)
    expect(await local.call('ListTasks', { desiredStatus: 'STOPPED' })).toEqual({ taskArns: [arn] })
    await local.control.advance(2_000)
    expect(await local.call('DescribeTasks', { tasks: [arn] })).toEqual({
      tasks: [],
      failures: [{ arn, reason: 'MISSING' }],
    })
  })
})

describe('stopping a task', () => {
  test('gives the process a SIGTERM and waits for its clean exit', async () => {
    const script =
      "process.on('SIGTERM', () => { console.log('bye'); process.exit(0) }); console.log('up'); setInterval(() => {}, 1e6)"
    await local.registerShell('app', '', { command: ['node', '-e', script] })
    const arn = await run('app')
    await reach(arn, 'RUNNING')
    await output('main stdout up')
    const { task } = await local.call('StopTask', { task: arn, reason: 'enough' })
    expect(task).toMatchObject({ lastStatus: 'STOPPING', desiredStatus: 'STOPPED', stoppedReason: 'enough' })
    await reach(arn, 'STOPPED')
    expect(await local.task(arn)).toMatchObject({
      stopCode: 'UserInitiated',
      stoppedReason: 'enough',
      containers: [{ exitCode: 0 }],
    })
    expect(lines).toContain('main stdout bye')
  })

  test('kills what ignores SIGTERM after its stopTimeout, with exit code 137', async () => {
    await local.registerShell('app', 'trap "" TERM; echo up; while :; do sleep 0.1; done', { stopTimeout: 1 })
    const arn = await run('app')
    await output('main stdout up')
    const stoppedAt = performance.now()
    await local.call('StopTask', { task: arn })
    await reach(arn, 'STOPPED')
    expect(performance.now() - stoppedAt).toBeGreaterThan(950)
    expect(await local.task(arn)).toMatchObject({
      stoppedReason: 'Task stopped by user',
      containers: [{ exitCode: 137 }],
    })
  })

  test('takes what a container has started along', async () => {
    await local.registerShell('app', 'sleep 1000 & echo $!; wait')
    const arn = await run('app')
    await local.until('the pid', () => lines.length > 0, 100)
    const grandchild = Number(lines[0]?.split(' ')[2])
    expect(isAlive(grandchild)).toBe(true)
    await local.call('StopTask', { task: arn })
    await reach(arn, 'STOPPED')
    await local.until('no grandchild', () => !isAlive(grandchild), 0)
    expect(await local.task(arn)).toMatchObject({ containers: [{ exitCode: 143 }] })
  })

  test('that does not run yet ends it without a process', async () => {
    await local.registerShell('app', PATIENT)
    const arn = await run('app')
    const { task } = await local.call('StopTask', { task: arn })
    expect(task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'UserInitiated' })
    await local.control.advance(10_000)
    expect(await local.task(arn)).toMatchObject({
      lastStatus: 'STOPPED',
      containers: [{ lastStatus: 'STOPPED' }],
    })
  })

  test('that is unknown is refused', async () => {
    expect(await local.refusal('StopTask', { task: 'none' })).toEqual({
      code: 'InvalidParameterException',
      message: 'The referenced task was not found.',
    })
  })
})

describe('RunTask', () => {
  test('overrides command and environment of the named container, over definition, task and host', async () => {
    await local.registerShell('app', 'exit 1', {
      environment: [
        { name: 'LEVEL', value: 'definition' },
        { name: 'KEPT', value: 'yes' },
      ],
    })
    const command = ['sh', '-c', 'echo $LEVEL $KEPT $EXTRA $AWS_ENDPOINT_URL $SECRET_OF_HOST']
    const task = await withHostVariable('SECRET_OF_HOST', () =>
      runToEnd('app', {
        overrides: {
          containerOverrides: [
            { name: 'main', command, environment: [{ name: 'EXTRA', value: 'override' }] },
          ],
        },
      }),
    )
    expect(lines).toEqual(['main stdout definition yes override http://127.0.0.1:1'])
    expect(task).toMatchObject({
      containers: [{ exitCode: 0 }],
      overrides: { containerOverrides: [{ name: 'main', command }] },
    })
  })

  test('launches as many as asked, to ten, and the same client token launches once', async () => {
    await local.registerShell('app', PATIENT)
    const input = { taskDefinition: 'app', count: 10, clientToken: 'once' }
    const first = await local.call('RunTask', input)
    expect(first.tasks).toHaveLength(10)
    const again = await local.call('RunTask', input)
    expect((again.tasks as Described[]).map((task) => task.taskArn)).toEqual(
      (first.tasks as Described[]).map((task) => task.taskArn),
    )
    expect(await local.refusal('RunTask', { ...input, count: 2 })).toMatchObject({
      code: 'ConflictException',
    })
    expect(await local.refusal('RunTask', { ...input, count: 11, clientToken: 'other' })).toMatchObject({
      code: 'InvalidParameterException',
    })
  })

  test('cannot start with files of variables from an override, either', async () => {
    await local.registerShell('app', 'true')
    const environmentFiles = [{ type: 's3', value: 'arn:aws:s3:::bucket/app.env' }]
    const overrides = { containerOverrides: [{ name: 'main', environmentFiles }] }
    expect(await runToEnd('app', { overrides })).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: expect.stringContaining('failed to download env files') as string,
    })
  })

  test('refuses an override of a container that is not there', async () => {
    await local.registerShell('app', 'true')
    const overrides = { containerOverrides: [{ name: 'side' }] }
    expect(await local.refusal('RunTask', { taskDefinition: 'app', overrides })).toEqual({
      code: 'InvalidParameterException',
      message: 'Override for container named side is not a container in the TaskDefinition.',
    })
  })

  test('asks for a network configuration where the network mode needs one', async () => {
    await local.call('RegisterTaskDefinition', {
      family: 'net',
      networkMode: 'awsvpc',
      containerDefinitions: [{ name: 'main', image: 'none', memory: 64, command: ['true'] }],
    })
    expect(await local.refusal('RunTask', { taskDefinition: 'net' })).toEqual({
      code: 'InvalidParameterException',
      message: "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    })
    await local.registerShell('app', 'true')
    expect(await local.refusal('RunTask', { taskDefinition: 'app', launchType: 'FARGATE' })).toEqual({
      code: 'InvalidParameterException',
      message: 'Task definition does not support launch_type FARGATE.',
    })
  })

  test('runs this Node for a node command where PATH has none', async () => {
    await local.registerShell('app', '', {
      command: ['node', '-p', 'process.execPath'],
      environment: [{ name: 'PATH', value: '/nowhere' }],
    })
    await runToEnd('app')
    expect(lines).toEqual([`main stdout ${process.execPath}`])
  })
})

describe('ListTasks', () => {
  test('filters by desired status, family and who started the task', async () => {
    await local.registerShell('one', PATIENT)
    await local.registerShell('two', PATIENT)
    const [first, second] = [await run('one', { startedBy: 'me' }), await run('two')]
    const stopped = await run('one')
    await local.call('StopTask', { task: stopped })
    const listed = async (input: object): Promise<unknown> => (await local.call('ListTasks', input)).taskArns
    expect(await listed({})).toEqual([first, second].toSorted())
    expect(await listed({ family: 'one' })).toEqual([first])
    expect(await listed({ startedBy: 'me' })).toEqual([first])
    expect(await listed({ desiredStatus: 'STOPPED' })).toEqual([stopped])
    expect(await listed({ desiredStatus: 'PENDING' })).toEqual([])
    expect(await listed({ launchType: 'EC2' })).toEqual([])
    expect(await local.refusal('ListTasks', { serviceName: 'none' })).toMatchObject({
      code: 'ServiceNotFoundException',
    })
  })
})

describe('several containers', () => {
  const containers = (...definitions: object[]): Promise<Described> =>
    local.call('RegisterTaskDefinition', {
      family: 'app',
      memory: '512',
      containerDefinitions: definitions.map((definition) => Object.assign({ image: 'none' }, definition)),
    })

  test('start in the order of their dependencies', async () => {
    await containers(
      {
        name: 'main',
        command: ['sh', '-c', 'echo main'],
        dependsOn: [{ containerName: 'migrate', condition: 'SUCCESS' }],
      },
      { name: 'migrate', essential: false, command: ['sh', '-c', 'sleep 0.1; echo migrate'] },
    )
    const task = await runToEnd('app')
    expect(lines).toEqual(['migrate stdout migrate', 'main stdout main'])
    expect(task).toMatchObject({ containers: [{ exitCode: 0 }, { exitCode: 0 }] })
  })

  test('do not start when a dependency failed', async () => {
    await containers(
      { name: 'main', command: ['true'], dependsOn: [{ containerName: 'migrate', condition: 'SUCCESS' }] },
      { name: 'migrate', essential: false, command: ['false'] },
    )
    expect(await runToEnd('app')).toMatchObject({ stopCode: 'TaskFailedToStart' })
  })

  test('stop together when an essential one ends, and not when another does', async () => {
    await containers(
      { name: 'main', command: ['sh', '-c', 'while [ ! -e go ]; do sleep 0.05; done'] },
      { name: 'side', essential: false, command: ['sh', '-c', PATIENT] },
      { name: 'brief', essential: false, command: ['true'] },
    )
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'longshore-ecs-')))
    try {
      const overrides = {
        containerOverrides: [
          { name: 'main', command: ['sh', '-c', `while [ -e ${folder} ]; do sleep 0.05; done`] },
        ],
      }
      const arn = await run('app', { overrides })
      await local.until(
        'brief ended',
        async () => containersOf(await local.task(arn))[2]?.lastStatus === 'STOPPED',
        100,
      )
      expect(await local.task(arn)).toMatchObject({ lastStatus: 'RUNNING' })
      await rm(folder, { recursive: true })
      await reach(arn, 'STOPPED')
      expect(await local.task(arn)).toMatchObject({
        stopCode: 'EssentialContainerExited',
        containers: [{ exitCode: 0 }, { exitCode: 0 }, { exitCode: 0 }],
      })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})

describe('the output of a task', () => {
  test('is told line by line, the last one without a line break too', async () => {
    await local.registerShell('app', 'printf "one\\ntwo\\r\\nthr"; sleep 0.1; printf "ee"; echo no >&2')
    await runToEnd('app')
    expect(lines.toSorted()).toEqual([
      'main stderr no',
      'main stdout one',
      'main stdout three',
      'main stdout two',
    ])
  })

  test('is kept to the last thousand lines of a container', async () => {
    await local.registerShell('app', 'seq 1 1500')
    const arn = (await runToEnd('app')).taskArn as string
    const kept = local.ecs.taskLog(arn)
    expect(kept).toHaveLength(1_000)
    expect(kept[0]).toMatchObject({ container: 'main', stream: 'stdout', line: '501' })
    expect(lines).toHaveLength(1_500)
    expect(local.ecs.taskLog('none')).toEqual([])
  })

  test('does not wait for a process that left the container and keeps its pipes open', async () => {
    // It says its number when it has left.
    await local.registerShell('app', `{ setsid sh -c 'echo $$; exec sleep 60 >&2' & } | head -n 1`)
    await runToEnd('app')
    expect(lines).toEqual([expect.stringMatching(/^main stdout \d+$/)])
    const departed = Number(lines[0]?.split(' ')[2])
    expect(isAlive(departed)).toBe(true)
    process.kill(departed, 'SIGKILL')
  })
})

async function withHostVariable<T>(name: string, run: () => Promise<T>): Promise<T> {
  process.env[name] = 'hidden'
  try {
    return await run()
  } finally {
    delete process.env[name]
  }
}

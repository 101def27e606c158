// An Ecs with one account, for tests: control time is moved by hand, processes live in real time.
import { existsSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { systemClock } from '@longshore/core/time'
import type { Clock } from '@longshore/core/time'
import type { ManualClock } from '@longshore/core/testing'
import { manualClock } from '@longshore/core/testing'
import { TaskAgent } from '../../src/ecs/agent/task-agent.js'
import type { EcsOptions } from '../../src/ecs/ecs.js'
import { Ecs } from '../../src/ecs/ecs.js'
import { AwsError } from '../../src/server/aws-error.js'
import type { Striker } from '../../src/server/strike.js'

export interface Described {
  readonly [member: string]: unknown
}

export interface LocalEcs extends AsyncDisposable {
  readonly ecs: Ecs
  readonly agent: TaskAgent
  readonly control: ManualClock
  /** Calls an operation; its answer is what the wire would carry. */
  call(operation: string, input?: object): Promise<Described>
  /** The error that an operation is refused with. */
  refusal(operation: string, input?: object): Promise<{ code: string; message: string }>
  registerShell(family: string, script: string, container?: object): Promise<string>
  /** Advances control time in steps until `check` holds, letting processes live, and those that `exit` end, in between. */
  until(what: string, check: () => boolean | Promise<boolean>, stepMs?: number): Promise<void>
  service(name: string): Promise<Described>
  task(arn: string): Promise<Described>
  eventTexts(name: string): Promise<string[]>
}

export const ACCOUNT = '123456789012'
export const REGION = 'eu-west-1'

/** The account's own random source: `mulberry32` of a fixed seed. */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function localEcs(
  options: Partial<EcsOptions> & { clock?: Clock; seed?: number; strike?: Striker['strike'] } = {},
): LocalEcs {
  const { clock = systemClock, seed = 7, strike = () => undefined, ...rest } = options
  const control = manualClock()
  const agent = new TaskAgent({ clock, endpoint: () => 'http://127.0.0.1:1', strike })
  const ecs = new Ecs(
    { accountId: ACCOUNT, region: REGION, clock, controlClock: control, random: seededRandom(seed) },
    { launchDelayMs: 2_000, workingDirectory: tmpdir(), taskEnvironment: () => ({}), agent, ...rest },
  )
  const call: LocalEcs['call'] = async (operation, input = {}) => {
    const run = ecs.operations[operation]
    if (run === undefined) throw new Error(`no operation ${operation}`)
    const wire = JSON.parse(JSON.stringify(input)) as Record<string, unknown>
    const context = { origin: 'http://127.0.0.1', signal: new AbortController().signal }
    return JSON.parse(JSON.stringify(await run(wire, context))) as Described
  }

  const ending = new Set<string>()
  // However slow the machine: control time that runs on meanwhile makes a failing task healthy.
  const isEnding = async (): Promise<boolean> => {
    for (const family of ending) {
      const { taskArns } = await call('ListTasks', { family })
      if ((taskArns as string[]).length === 0) continue
      const { tasks } = await call('DescribeTasks', { tasks: taskArns })
      if ((tasks as Described[]).some(({ lastStatus }) => lastStatus === 'RUNNING')) return true
    }
    return false
  }

  return {
    ecs,
    agent,
    control,
    call,
    async refusal(operation, input) {
      try {
        await call(operation, input)
      } catch (error) {
        if (error instanceof AwsError) return { code: error.code, message: error.message }
        throw error
      }
      throw new Error(`${operation} was not refused`)
    },
    async registerShell(family, script, container = {}) {
      const definition = {
        name: 'main',
        image: 'none',
        memory: 64,
        command: ['sh', '-c', script],
        ...container,
      }
      if (/^exit \d+$/.test(script)) ending.add(family)
      const { taskDefinition } = await call('RegisterTaskDefinition', {
        family,
        containerDefinitions: [definition],
      })
      return (taskDefinition as Described).taskDefinitionArn as string
    },
    async until(what, check, stepMs = 1_000) {
      const deadline = performance.now() + 30_000
      while (!(await check())) {
        if (performance.now() > deadline) throw new Error(`not within 30 s: ${what}`)
        if (!(await isEnding())) await control.advance(stepMs)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
    async service(name) {
      const { services } = await call('DescribeServices', { services: [name] })
      return (services as Described[])[0] ?? {}
    },
    async task(arn) {
      const { tasks } = await call('DescribeTasks', { tasks: [arn] })
      return (tasks as Described[])[0] ?? {}
    },
    async eventTexts(name) {
      const { services } = await call('DescribeServices', { services: [name] })
      const events = ((services as Described[])[0]?.events ?? []) as { message: string }[]
      return events.map(({ message }) => message)
    },
    [Symbol.asyncDispose]: () => ecs.close(),
  }
}

/** False for a zombie too: where nobody reaps orphans at once, a killed grandchild stays in the table for a while. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    const status = `/proc/${pid}/status`
    return !existsSync(status) || !/^State:\s+[ZX]/m.test(readFileSync(status, 'utf8'))
  } catch {
    return false
  }
}

/** Runs until told to stop, and ends well when it is. */
export const PATIENT = 'trap "exit 0" TERM; sleep 1000 & wait'

import { setTimeout as wait } from 'node:timers/promises'
import { reportOf, verdicts, writeReport } from './report.js'
import type { Report } from './report.js'
import type { DemoOptions } from './options.js'
import { Stack } from './stack.js'
import type { Depth, Tasks } from './stack.js'
import { countResults, tallyResults } from './tally.js'
import { Traffic, writeCorpus } from './traffic.js'
import { createView } from './view.js'
import type { View } from './view.js'

const LOOK_EVERY_MS = 500
const BURST_AFTER_SECONDS = 2
/** Past this the demo gives up waiting and reports what it has: it promises to end within 90 s. */
const GIVE_UP_AFTER_SECONDS = 75
const MIN_TASKS = 1
/** Ctrl-C, a polite kill, a closed terminal: each ends the demo and all that it started. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Exit codes: 0 shown, 1 something was lost or did not scale or start, 130 interrupted. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const interrupted = new AbortController()
  const interrupt = (): void => interrupted.abort()
  for (const signal of SIGNALS) process.on(signal, interrupt)
  const view = createView(options.json ? process.stderr : process.stdout)
  let stack: Stack | undefined
  try {
    view.note('Starting a local AWS, a queue, a service with one task, and its scaling.')
    stack = await Stack.start({ timeScale: options.timeScale, onLog: (line) => view.note(line) })
    const report = await show(stack, { options, view, signal: interrupted.signal })
    if (report === undefined) return 130
    const problems = verdicts(report)
    writeReport(report, { problems, json: options.json })
    if (options.keep) await keepRunning(stack, interrupted.signal)
    return problems.length > 0 ? 1 : 0
  } catch (error) {
    view.end()
    process.stderr.write(
      `The demo could not run: ${error instanceof Error ? error.message : String(error)}\n`,
    )
    return 1
  } finally {
    view.end()
    await stack?.close()
    for (const signal of SIGNALS) process.off(signal, interrupt)
  }
}

/** Traffic, a look twice a second, and the count at the end; undefined when interrupted. */
async function show(
  stack: Stack,
  on: { options: DemoOptions; view: View; signal: AbortSignal },
): Promise<Report | undefined> {
  const { options, view, signal } = on
  const traffic = new Traffic(stack.producer, await writeCorpus(stack.inputFolder))
  const started = performance.now()
  const secondsSoFar = (): number => (performance.now() - started) / 1000
  const scene = new Scene()
  traffic.startStream(options.rate)
  let isBurstSent = false
  let isStreaming = true
  let handledBefore = { count: 0, atSeconds: 0 }
  let perSecond = 0

  while (!scene.isOver && secondsSoFar() < GIVE_UP_AFTER_SECONDS && !signal.aborted) {
    const seconds = secondsSoFar()
    if (!isBurstSent && seconds >= BURST_AFTER_SECONDS) {
      traffic.send(options.burst)
      isBurstSent = true
    }
    const [depth, tasks, handled, activities] = await Promise.all([
      stack.depth(),
      stack.tasks(),
      countResults(stack.resultsFolder),
      stack.activities(),
    ])
    for (const activity of scene.see({ depth, tasks, activities, isBurstSent })) {
      view.note(`${seconds.toFixed(0)} s  auto scaling: ${activity}`)
    }
    if (scene.isBackAtMinimum && isStreaming) {
      isStreaming = false
      await traffic.stop()
      continue
    }
    const span = seconds - handledBefore.atSeconds
    if (span >= 1) {
      perSecond = (handled - handledBefore.count) / span
      handledBefore = { count: handled, atSeconds: seconds }
    }
    scene.isOver = !isStreaming && depth.visible + depth.inFlight + depth.delayed === 0
    view.show({
      seconds,
      visible: depth.visible,
      inFlight: depth.inFlight,
      waitSeconds: depth.visible === 0 ? 0 : perSecond > 0 ? depth.visible / perSecond : undefined,
      desired: tasks.desired,
      running: tasks.running,
      handled,
      sent: traffic.sent.size,
      perSecond,
      callsPerMessage: handled > 0 ? stack.workerCalls / handled : undefined,
      note: scene.note,
    })
    if (stack.publisherFailure !== undefined)
      throw new Error(`longshore publish ended: ${stack.publisherFailure}`)
    await wait(LOOK_EVERY_MS, undefined, { signal }).catch(() => {})
  }
  await traffic.stop()
  view.end()
  if (signal.aborted) return undefined
  return reportOf({
    traffic,
    tally: await tallyResults(stack.resultsFolder, traffic.sent),
    depth: await stack.depth(),
    deadLettered: await stack.deadLettered(),
    peakTasks: scene.peakTasks,
    finalTasks: (await stack.tasks()).running,
    seconds: secondsSoFar(),
    workerCalls: stack.workerCalls,
  })
}

/** How far the story has come: one task, several, one again. */
class Scene {
  isOver = false
  peakTasks = 0
  isBackAtMinimum = false
  #activitiesSeen = 0

  /** Takes a look; returns the scaling activities that are new. */
  see(look: {
    depth: Depth
    tasks: Tasks
    activities: readonly string[]
    isBurstSent: boolean
  }): readonly string[] {
    const { tasks, depth, activities } = look
    this.peakTasks = Math.max(this.peakTasks, tasks.running)
    const isAtMinimum = tasks.desired === MIN_TASKS && tasks.running === MIN_TASKS && tasks.pending === 0
    this.isBackAtMinimum ||=
      look.isBurstSent && this.peakTasks > MIN_TASKS && isAtMinimum && depth.visible < 1_000
    const news = activities.slice(this.#activitiesSeen)
    this.#activitiesSeen = activities.length
    return news
  }

  get note(): string {
    if (this.isBackAtMinimum) return 'back at one task; finishing what is queued'
    if (this.peakTasks > MIN_TASKS) return 'scaled out; scales in after fifteen quiet control-plane minutes'
    return 'one task; scales out after three control-plane minutes above target'
  }
}

async function keepRunning(stack: Stack, signal: AbortSignal): Promise<void> {
  process.stderr.write(
    `Kept running at ${stack.endpoint}. Ctrl-C ends it.\n` +
      `Another terminal can look at it: ${['AWS_ENDPOINT_URL', 'AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'LONGSHORE_TIME_SCALE', 'LONGSHORE_TIME_ORIGIN'].map((name) => `${name}=${process.env[name] ?? ''}`).join(' ')} npm run longshore -- status --config examples/quickstart/longshore.config.ts\n`,
  )
  while (!signal.aborted) await wait(60_000, undefined, { signal }).catch(() => {})
}

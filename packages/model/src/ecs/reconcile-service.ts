/**
 * One look of the ECS service scheduler: from what a service should have and what it has, to what it does next.
 *
 * Steady (every task belongs to the primary deployment): launch what is missing, stop what is too many.
 * Rolling (tasks of older deployments are left): replace them, with at least `minimumHealthyPercent` of desired
 * healthy (rounded up) and at most `maximumPercent` of desired running or pending (rounded down).
 * Protected tasks stay in either case: the service then has more tasks than desired, or a deployment that does not end.
 * Sources: ECS API, DeploymentConfiguration; developer guide, "service auto scaling", "task placement" and "task
 * scale-in protection".
 */

/** A task the service counts on: one told to stop, or stopped, is no longer listed. */
export interface ServiceTask {
  readonly id: string
  readonly deploymentId: string
  /** Epoch milliseconds at which it became RUNNING; undefined while it is provisioned or pending. */
  readonly runningSinceMs: number | undefined
  /** Spared by scale-in and by deployments. Default false. */
  readonly isProtected?: boolean
}

export interface ServiceState {
  readonly nowMs: number
  readonly desired: number
  /** Percent of desired; ECS's default is 100. */
  readonly minimumHealthyPercent: number
  /** Percent of desired, 100 or more; ECS's default is 200. */
  readonly maximumPercent: number
  readonly primaryDeploymentId: string
  readonly tasks: readonly ServiceTask[]
  /** From the launch back-off; `-Infinity` when there is none. */
  readonly launchNotBeforeMs: number
}

export interface ServiceStep {
  /** How many tasks of the primary deployment to launch now. */
  readonly launch: number
  /** Ids of the tasks to stop now. */
  readonly stop: readonly string[]
  /** Nothing to do, and every task healthy: ECS's steady state, which also completes a deployment. */
  readonly isSteady: boolean
  /** The two percentages leave no room to launch a new task or to stop an old one. */
  readonly isBlocked: boolean
  /** How many tasks too many, or of older deployments, only their protection keeps. */
  readonly keptByProtection: number
  /** When time alone may change the answer; undefined when only an event can. */
  readonly nextLookAtMs: number | undefined
}

/** A task without health check and load balancer counts as healthy after 40 s in RUNNING (DeploymentConfiguration). */
export const HEALTHY_AFTER_MS = 40_000

/** What the scheduler does next. `random` is uniform in [0, 1) and picks which tasks stop. */
export function reconcileService(state: ServiceState, random: () => number): ServiceStep {
  const current = state.tasks.filter((task) => task.deploymentId === state.primaryDeploymentId)
  const old = state.tasks.filter((task) => task.deploymentId !== state.primaryDeploymentId)

  const surplus = new Set(pickPendingFirst(unprotected(current), current.length - state.desired, random))
  const keptCurrent = current.filter((task) => !surplus.has(task))
  const { replaced, spared } = pickReplaced(state, { old, keptCurrent }, random)
  const keptOld = old.length - replaced.length
  const protectedOld = old.length - unprotected(old).length

  const missing = state.desired - keptCurrent.length
  const maximum = Math.floor((state.desired * state.maximumPercent) / 100)
  const room = keptOld > 0 ? maximum - keptCurrent.length - keptOld : missing
  const wanted = Math.max(0, Math.min(missing, room))
  const launch = state.nowMs >= state.launchNotBeforeMs ? wanted : 0

  const stop = [...surplus, ...replaced].map((task) => task.id)
  const allHealthy = keptCurrent.every((task) => isHealthy(task, state.nowMs))
  const isIdle = stop.length === 0 && wanted === 0
  return {
    launch,
    stop,
    isSteady: isIdle && keptOld === 0 && missing === 0 && allHealthy,
    isBlocked: isIdle && keptOld > 0 && allHealthy && (missing > 0 || keptOld > protectedOld),
    keptByProtection: spared + Math.max(0, -missing),
    nextLookAtMs: nextLookAtMs(state, { keptCurrent, isLaunchHeld: launch < wanted }),
  }
}

/**
 * Scale-in. Tasks that do no work yet go first; among running ones ECS prefers neither the idle nor the oldest
 * (containers-roadmap #125), which one availability zone renders as uniform chance.
 */
function pickPendingFirst(
  tasks: readonly ServiceTask[],
  count: number,
  random: () => number,
): readonly ServiceTask[] {
  if (count <= 0) return []
  const pending = shuffled(
    tasks.filter((task) => task.runningSinceMs === undefined),
    random,
  )
  const running = shuffled(
    tasks.filter((task) => task.runningSinceMs !== undefined),
    random,
  )
  return [...pending, ...running].slice(0, count)
}

/**
 * Tasks of older deployments to stop now: all that do not run yet, and as many running ones as the healthy floor
 * spares; and how many more of them would stop, were they not protected. An old task counts as healthy as soon as it
 * runs: it is what the service has had so far.
 */
function pickReplaced(
  state: ServiceState,
  tasks: { readonly old: readonly ServiceTask[]; readonly keptCurrent: readonly ServiceTask[] },
  random: () => number,
): { readonly replaced: readonly ServiceTask[]; readonly spared: number } {
  const pending = tasks.old.filter((task) => task.runningSinceMs === undefined)
  const running = tasks.old.filter((task) => task.runningSinceMs !== undefined)
  const floor = Math.ceil((state.desired * state.minimumHealthyPercent) / 100)
  const healthy = running.length + tasks.keptCurrent.filter((task) => isHealthy(task, state.nowMs)).length
  const stoppable = Math.min(running.length, Math.max(0, healthy - floor))
  const replaced = [...unprotected(pending), ...shuffled(unprotected(running), random).slice(0, stoppable)]
  return { replaced, spared: pending.length + stoppable - replaced.length }
}

function unprotected(tasks: readonly ServiceTask[]): readonly ServiceTask[] {
  return tasks.filter((task) => task.isProtected !== true)
}

function nextLookAtMs(
  state: ServiceState,
  look: { readonly keptCurrent: readonly ServiceTask[]; readonly isLaunchHeld: boolean },
): number | undefined {
  const instants = look.keptCurrent
    .filter((task) => task.runningSinceMs !== undefined && !isHealthy(task, state.nowMs))
    .map((task) => (task.runningSinceMs ?? 0) + HEALTHY_AFTER_MS)
  if (look.isLaunchHeld) instants.push(state.launchNotBeforeMs)
  return instants.length === 0 ? undefined : Math.min(...instants)
}

/** True once the task has been RUNNING for {@link HEALTHY_AFTER_MS}. */
export function isHealthy(task: { readonly runningSinceMs: number | undefined }, nowMs: number): boolean {
  return task.runningSinceMs !== undefined && nowMs - task.runningSinceMs >= HEALTHY_AFTER_MS
}

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const copy = [...items]
  for (let last = copy.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1))
    const item = copy[last] as T
    copy[last] = copy[other] as T
    copy[other] = item
  }
  return copy
}

import { backoffMs } from '../backoff.js'
import type { Clock } from '../clock.js'
import { sleep } from '../clock.js'
import type { ProtectionState } from '../ecs-task.js'
import { askAgent } from './agent-http.js'
import type { ProtectionAnswer, ProtectionFailure } from './protection-answer.js'
import { readProtectionAnswer } from './protection-answer.js'

/** Settings of the protection, in milliseconds. */
export interface ProtectionConfig {
  readonly afterMs: number
  readonly expiresInMs: number
  readonly idleAfterMs: number
}

/** What {@link TaskProtection} is given by its owner. */
export interface ProtectionParts extends ProtectionConfig {
  /** `ECS_AGENT_URI`: the agent's address, which is this container's own. */
  readonly agentUri: string
  readonly clock: Clock
  readonly random: () => number
  /** Since when the oldest message that runs is here, epoch milliseconds; undefined when none runs. */
  readonly runningSinceMs: () => number | undefined
  readonly onChanged: (state: ProtectionState, detail: string | undefined) => void
  readonly onFailed: (failure: ProtectionFailure, retryInMs: number) => void
}

// The agent gives ECS 4 s and itself 5 s to answer; who hangs up before that learns nothing.
const CALL_DEADLINE_MS = 7_000
// ECS throttles these calls for the account as a whole: every task of the service may be waiting with us.
const FAILURE_BACKOFF = { baseMs: 2_000, capMs: 60_000 }
// Others must finish, or a deployment must end, which takes them minutes rather than seconds.
const BLOCKED_PROBE_MS = 30_000
const LOOK_EVERY_MS = 1_000

/**
 * Keeps the task protected from scale-in while there is work to lose. Runs beside the messages, never before them: no
 * delivery waits for a call. Short handlings end within any drain; were they to protect their task as well, a steady
 * trickle of them would keep every task of a service from ever being scaled in.
 *
 * Regimes: idle → (a message has been here for `after` and runs) busy → (none such for `idleAfter`) idle. Each edge is one call, and a
 * renewal when a third of `expiresIn` is left. One call is under way at a time; when it ends, what is wanted by then
 * decides on the next. A failure is tried again after a backoff. Blocked is beside those: nothing more is taken, and
 * the protection asked for from time to time, until ECS grants it. Off, and draining, are for good.
 */
export class TaskProtection {
  readonly #parts: ProtectionParts
  #isBusy = false
  #isBlocked = false
  #isOff = false
  #isDraining = false
  /** What ECS has last confirmed; undefined when a call was left without an answer. */
  #confirmed: boolean | undefined = false
  #untilMs = 0
  #isRenewalDue = false
  #idleSinceMs: number | undefined
  #failures = 0
  #told: ProtectionState = 'unprotected'
  #calling: Promise<void> | undefined
  #abort: AbortController | undefined
  #cancelPause: (() => void) | undefined
  #cancelRenewal: (() => void) | undefined
  #cancelLook: (() => void) | undefined

  constructor(parts: ProtectionParts) {
    this.#parts = parts
  }

  get state(): ProtectionState {
    if (this.#isOff) return 'off'
    if (this.#isBlocked) return 'blocked'
    return this.#confirmed === true && this.#parts.clock.now() < this.#untilMs ? 'protected' : 'unprotected'
  }

  /** A call is under way. */
  get isCalling(): boolean {
    return this.#calling !== undefined
  }

  /** The worker has taken messages. */
  busy(): void {
    if (this.#isOff || this.#isDraining) return
    if (this.#cancelLook === undefined) this.#lookLater()
    if (this.#parts.afterMs > 0) return
    this.#isBusy = true
    this.#idleSinceMs = undefined
    this.#reconcile()
  }

  /** The task ends: from now on there is nothing that ECS should spare it for. */
  drain(): void {
    this.#isDraining = true
    this.#isBusy = false
    this.#isBlocked = false
    this.#cancelAll()
    this.#tell(undefined)
    this.#reconcile()
  }

  /** Ends at once, or when the call under way does, which it has until `byMs` (epoch milliseconds) to do. */
  async close(byMs: number): Promise<void> {
    const { clock } = this.#parts
    const wait = new AbortController()
    const atRest = this.#atRest().then(() => wait.abort())
    if (this.#calling !== undefined) await sleep(clock, byMs - clock.now(), wait.signal)
    this.#isOff = true
    this.#cancelAll()
    this.#abort?.abort()
    await atRest
  }

  async #atRest(): Promise<void> {
    while (this.#calling !== undefined) await this.#calling
  }

  /** Makes the call that is missing, if there is one and none is under way. */
  #reconcile(): void {
    if (this.#calling !== undefined || this.#isOff) return
    const isPaused = this.#cancelPause !== undefined
    const isProbing = this.#isBlocked && !isPaused
    const wanted = this.#isBusy || isProbing
    const isDone = wanted ? this.#confirmed === true && !this.#isRenewalDue : this.#confirmed === false
    if (isDone && !isProbing) return
    // Blocked and idle with an earlier protection in force: giving it back is what ECS waits for.
    const mayCall = !isPaused || (this.#isBlocked && !wanted)
    if (mayCall) this.#calling = this.#call(wanted)
  }

  async #call(wanted: boolean): Promise<void> {
    const sentMs = this.#parts.clock.now()
    const answer = await this.#put(wanted)
    this.#calling = undefined
    if (this.#isOff) return
    this.#take(answer, wanted, sentMs)
    this.#tell('detail' in answer ? answer.detail : undefined)
    this.#reconcile()
  }

  async #put(wanted: boolean): Promise<ProtectionAnswer> {
    const { agentUri, clock, expiresInMs } = this.#parts
    const abort = new AbortController()
    const cancelDeadline = clock.schedule(CALL_DEADLINE_MS, () => abort.abort())
    this.#abort = abort
    const body = wanted
      ? { ProtectionEnabled: true, ExpiresInMinutes: Math.ceil(expiresInMs / 60_000) }
      : { ProtectionEnabled: false }
    try {
      const url = `${agentUri}/task-protection/v1/state`
      const { status, text } = await askAgent({ url, method: 'PUT', body, signal: abort.signal })
      return readProtectionAnswer(status, text)
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error)
      const detail = abort.signal.aborted ? `No answer in ${CALL_DEADLINE_MS} ms.` : said
      return { kind: 'failed', status: undefined, detail, isInDoubt: true }
    } finally {
      cancelDeadline()
    }
  }

  #take(answer: ProtectionAnswer, wanted: boolean, sentMs: number): void {
    switch (answer.kind) {
      case 'set':
        if (answer.isProtected === wanted) return this.#confirm(wanted, sentMs)
        return this.#fail({ kind: 'failed', status: 200, detail: 'Not what was asked for.', isInDoubt: true })
      case 'blocked':
        return this.#block()
      case 'never':
        this.#isOff = true
        return this.#cancelAll()
      case 'failed':
        return this.#fail(answer)
      default:
        return answer satisfies never
    }
  }

  #confirm(isProtected: boolean, sentMs: number): void {
    const { clock, expiresInMs } = this.#parts
    this.#failures = 0
    this.#confirmed = isProtected
    this.#cancelRenewal?.()
    this.#cancelRenewal = undefined
    this.#isRenewalDue = false
    if (!isProtected) return
    this.#untilMs = sentMs + expiresInMs
    this.#cancelRenewal = clock.schedule(sentMs + (expiresInMs * 2) / 3 - clock.now(), () => {
      this.#isRenewalDue = true
      this.#reconcile()
    })
    if (this.#isBlocked) {
      this.#isBlocked = false
      this.#isBusy = true
      this.#idleSinceMs = undefined
      this.#lookLater()
    }
  }

  #block(): void {
    this.#failures = 0
    if (this.#isDraining) return
    this.#isBlocked = true
    this.#pause(BLOCKED_PROBE_MS * (0.5 + this.#parts.random() / 2))
  }

  #fail(failure: ProtectionFailure): void {
    if (failure.isInDoubt) this.#confirmed = undefined
    this.#failures += 1
    const retryInMs = backoffMs(FAILURE_BACKOFF, this.#failures, this.#parts.random())
    this.#pause(retryInMs)
    this.#parts.onFailed(failure, retryInMs)
  }

  #pause(forMs: number): void {
    this.#cancelPause?.()
    this.#cancelPause = this.#parts.clock.schedule(forMs, () => {
      this.#cancelPause = undefined
      this.#reconcile()
    })
  }

  #lookLater(): void {
    this.#cancelLook?.()
    const delayMs = Math.min(LOOK_EVERY_MS, this.#parts.idleAfterMs)
    this.#cancelLook = this.#parts.clock.schedule(delayMs, () => this.#look())
  }

  #look(): void {
    const { clock, runningSinceMs, afterMs, idleAfterMs } = this.#parts
    const nowMs = clock.now()
    const sinceMs = runningSinceMs()
    this.#cancelLook = undefined
    if (sinceMs !== undefined && nowMs - sinceMs >= afterMs) {
      this.#isBusy = true
      this.#idleSinceMs = undefined
    } else {
      this.#idleSinceMs ??= nowMs
      if (nowMs - this.#idleSinceMs >= idleAfterMs) this.#isBusy = false
    }
    // A protection that ran out without an answer to its renewal is news as well.
    this.#tell(undefined)
    if (this.#isBusy || sinceMs !== undefined) this.#lookLater()
    this.#reconcile()
  }

  #tell(detail: string | undefined): void {
    const { state } = this
    if (state === this.#told) return
    this.#told = state
    this.#parts.onChanged(state, detail)
  }

  #cancelAll(): void {
    for (const cancel of [this.#cancelPause, this.#cancelRenewal, this.#cancelLook]) cancel?.()
    this.#cancelPause = this.#cancelRenewal = this.#cancelLook = undefined
  }
}

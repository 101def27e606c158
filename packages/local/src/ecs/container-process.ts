import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import type { Readable } from 'node:stream'
import type { Clock } from '@longshore/core/time'
import type { OrphanGuard } from './orphan-guard.js'
import { LineSplitter } from './output.js'

export interface ContainerProcessOptions {
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly workingDirectory: string
  /** Real time: a drain takes as long as it takes. */
  readonly clock: Clock
  readonly orphanGuard: OrphanGuard
  readonly onStarted: () => void
  /** It could not be started; nothing else will be told. */
  readonly onStartFailed: (reason: string) => void
  readonly onLine: (stream: 'stdout' | 'stderr', line: string) => void
  /** Told once, after the last line. */
  readonly onExited: (exitCode: number) => void
}

// A grandchild that left the group may hold the pipes open for ever; what it writes later is not the container's.
const LAST_OUTPUT_MS = 500

/**
 * One container as a process and its group: what it starts dies with it, as with a container's first process.
 * Like Docker, a stop signals that first process alone, so a wrapper that hands signals on delivers them once.
 */
export class ContainerProcess {
  readonly #options: ContainerProcessOptions
  #child: ChildProcess | undefined
  #isStopping = false
  #killAtMs = Infinity
  #cancelKill: () => void = () => {}

  constructor(options: ContainerProcessOptions) {
    this.#options = options
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  start(): void {
    const [file = '', ...args] = this.#options.command
    const { environment, workingDirectory, orphanGuard } = this.#options
    try {
      this.#child = spawn(file, args, {
        cwd: workingDirectory,
        env: environment,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
    } catch (error) {
      // A NUL in an argument, for one: refused before anything runs.
      this.#options.onStartFailed(this.#describeFailure(error))
      return
    }
    const child = this.#child
    child.on('error', (error) => {
      if (child.pid === undefined) this.#options.onStartFailed(this.#describeFailure(error))
    })
    if (child.pid === undefined) return
    orphanGuard.watch(child.pid)
    child.once('spawn', this.#options.onStarted)
    this.#readLines(child)
    child.once('exit', (code, signal) => this.#exited(child, exitCodeOf(code, signal)))
  }

  /** SIGTERM now, SIGKILL to the whole group `graceMs` later. Called again it can only shorten the grace. */
  stop(graceMs: number): void {
    const child = this.#child
    if (child?.pid === undefined || hasExited(child)) return
    if (!this.#isStopping) child.kill('SIGTERM')
    this.#isStopping = true
    const killAtMs = this.#options.clock.now() + graceMs
    if (killAtMs >= this.#killAtMs) return
    this.#killAtMs = killAtMs
    this.#cancelKill()
    this.#cancelKill = this.#options.clock.schedule(graceMs, () => killGroup(child))
  }

  #readLines(child: ChildProcess): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      const readable: Readable | null = child[stream]
      const lines = new LineSplitter()
      const hand = (complete: readonly string[]): void => {
        for (const line of complete) this.#options.onLine(stream, line)
      }
      readable?.setEncoding('utf8')
      readable?.on('data', (text: string) => hand(lines.push(text)))
      readable?.once('close', () => hand(lines.flush()))
    }
  }

  #exited(child: ChildProcess, exitCode: number): void {
    this.#cancelKill()
    killGroup(child)
    if (child.pid !== undefined) this.#options.orphanGuard.forget(child.pid)
    const destroy = (): void => {
      child.stdout?.destroy()
      child.stderr?.destroy()
    }
    // On a machine that stalled the time may be over before what is in the pipes was read: they are read before this.
    let destroying: NodeJS.Immediate | undefined
    const cancel = this.#options.clock.schedule(LAST_OUTPUT_MS, () => (destroying = setImmediate(destroy)))
    child.once('close', () => {
      cancel()
      clearImmediate(destroying)
      this.#options.onExited(exitCode)
    })
  }

  #describeFailure(error: unknown): string {
    const { command, workingDirectory } = this.#options
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' && !existsSync(workingDirectory)) {
      return `CannotStartContainerError: working directory "${workingDirectory}" does not exist`
    }
    if (code === 'ENOENT') {
      return `CannotStartContainerError: exec: "${command[0]}": executable file not found in $PATH`
    }
    const detail = error instanceof Error ? error.message : String(error)
    return `CannotStartContainerError: exec: "${command[0]}": ${detail}`
  }
}

function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

/** Docker's: 128 and the signal's number for a process that a signal ended. */
function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal])
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // ESRCH: the group has no member left.
  }
}

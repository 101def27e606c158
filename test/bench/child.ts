// Processes of a bench: each is asked over IPC, one question at a time, and ends with whoever started it.
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'

interface Reply {
  readonly answer?: unknown
  readonly error?: string
}

export interface ChildOptions {
  /** A file of this folder. */
  readonly script: string
  readonly env?: Readonly<Record<string, string>>
  /** Flags of Node itself. */
  readonly nodeFlags?: readonly string[]
  readonly signal: AbortSignal
}

export interface Limits {
  /** How long the answer may take. */
  readonly limitMs: number
}

/** A process that answers. Its questions are `Request`s. */
export class Child<Request extends object> {
  readonly #process: ChildProcess
  readonly #script: string
  readonly #signal: AbortSignal
  readonly #ended: Promise<string>

  constructor({ script, env = {}, nodeFlags = [], signal }: ChildOptions) {
    signal.throwIfAborted()
    this.#script = script
    this.#signal = signal
    this.#process = fork(join(import.meta.dirname, script), {
      env: { ...process.env, ...env },
      execArgv: ['--import', import.meta.resolve('tsx'), ...nodeFlags],
      // What a client prints is no figure.
      stdio: ['ignore', 2, 2, 'ipc'],
    })
    this.#ended = new Promise((resolve) => {
      this.#process.once('exit', (code, by) => resolve(by ?? `code ${code}`))
      this.#process.once('error', (error) => resolve(error.message))
    })
  }

  /** @throws Error when the process fails at it, ends, or takes longer than the limit; on an abort, its reason. */
  async ask<Answer>(request: Request, { limitMs }: Limits): Promise<Answer> {
    const asking = new AbortController()
    try {
      return await Promise.race([
        this.#reply<Answer>(request, asking.signal),
        this.#ended.then((how) => this.#fail(`ended with ${how}`)),
        this.#giveUp(limitMs, asking.signal),
      ])
    } finally {
      asking.abort()
    }
  }

  async stop(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#ended
  }

  #reply<Answer>(request: Request, over: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const listener = ({ answer, error }: Reply): void =>
        error === undefined ? resolve(answer as Answer) : reject(new Error(`${this.#script}: ${error}`))
      this.#process.once('message', listener)
      over.addEventListener('abort', () => this.#process.off('message', listener), { once: true })
      this.#process.send(request, (error) => error && reject(error))
    })
  }

  #giveUp(limitMs: number, over: AbortSignal): Promise<never> {
    return new Promise((_, reject) => {
      const timer = setTimeout(
        () => reject(this.#error(`did not answer within ${limitMs / 1_000} s`)),
        limitMs,
      )
      const onAbort = (): void => reject(this.#signal.reason as Error)
      this.#signal.addEventListener('abort', onAbort)
      over.addEventListener('abort', () => {
        clearTimeout(timer)
        this.#signal.removeEventListener('abort', onAbort)
      })
    })
  }

  #fail(what: string): never {
    throw this.#error(what)
  }

  #error(what: string): Error {
    return new Error(`The process of ${this.#script} ${what}.`)
  }
}

/** The other end: answers each question of the parent, and ends when the parent is gone. */
export function answerParent(answer: (request: unknown) => unknown): void {
  const reply = (message: Reply): void => void process.send?.(message)
  process.on('disconnect', () => process.exit())
  process.on('message', (request) => {
    void Promise.resolve()
      .then(() => answer(request))
      .then(
        (answered) => reply({ answer: answered }),
        (error: unknown) =>
          reply({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
      )
  })
}

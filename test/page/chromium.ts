// Drives a Chromium of this machine through its DevTools protocol, over the pipe that it offers: no library, no port.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'

import { Tab } from './tab.js'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

// No sandbox: containers that tests run in allow none, and only our own page is opened. No call home.
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-extensions',
  '--hide-scrollbars',
  '--force-color-profile=srgb',
  '--remote-debugging-pipe',
]

/** Where Chromium is: `CHROMIUM` in the environment, or one of its names on the PATH. Undefined when there is none. */
export function findChromium(): string | undefined {
  const { CHROMIUM: named, PATH = '' } = process.env
  if (named !== undefined && named !== '') return named
  const paths = PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)))
  return paths.find((path) => existsSync(path))
}

interface Message {
  readonly id?: number
  readonly method?: string
  readonly sessionId?: string
  readonly params?: Record<string, unknown>
  readonly result?: Record<string, unknown>
  readonly error?: { readonly message: string }
}

interface Waiting {
  readonly method: string
  readonly resolve: (result: Record<string, unknown>) => void
  readonly reject: (error: Error) => void
}

export class Chromium {
  readonly #process: ChildProcess
  readonly #profile: string
  readonly #ended: Promise<void>
  readonly #waiting = new Map<number, Waiting>()
  readonly #listeners = new Map<string, (method: string, params: Record<string, unknown>) => void>()
  #nextId = 1
  #partial = ''

  private constructor(binary: string) {
    this.#profile = mkdtempSync(join(tmpdir(), 'longshore-chromium-'))
    this.#process = spawn(binary, [...FLAGS, `--user-data-dir=${this.#profile}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    })
    this.#ended = new Promise((resolve) => {
      this.#process.once('error', (error) => this.#fail(error))
      this.#process.once('close', () => resolve())
    })
    void this.#ended.then(() => this.#fail(new Error('Chromium has ended.')))
    this.#pipe(4).on('data', (chunk: Buffer) => this.#read(chunk.toString('utf8')))
    this.#pipe(3).on('error', (error) => this.#fail(error))
  }

  static async start(binary: string): Promise<Chromium> {
    const chromium = new Chromium(binary)
    await chromium.send('Browser.getVersion')
    return chromium
  }

  /** A new tab of this size, showing `url` with the colours that a reader prefers. */
  async open(
    url: string,
    how: { readonly width: number; readonly height: number; readonly isDark?: boolean },
  ): Promise<Tab> {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' })
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true })
    const session = String(sessionId)
    const tab = new Tab((method, params) => this.send(method, params, session))
    this.#listeners.set(session, (method, params) => tab.hear(method, params))
    await tab.show(url, how)
    return tab
  }

  send(
    method: string,
    params: Record<string, unknown> = {},
    sessionId?: string,
  ): Promise<Record<string, unknown>> {
    const id = this.#nextId
    this.#nextId += 1
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { method, resolve, reject })
      this.#pipe(3).write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`)
    })
  }

  async close(): Promise<void> {
    await this.send('Browser.close').catch(() => undefined)
    await this.#ended
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 })
  }

  #pipe(fd: 3): Writable
  #pipe(fd: 4): Readable
  #pipe(fd: 3 | 4): unknown {
    return this.#process.stdio[fd]
  }

  /** Messages end with a NUL. */
  #read(text: string): void {
    const messages = (this.#partial + text).split('\0')
    this.#partial = messages.pop() ?? ''
    for (const message of messages) this.#hear(JSON.parse(message) as Message)
  }

  #hear({ id, method, params = {}, result = {}, error, sessionId }: Message): void {
    if (id === undefined) {
      if (method !== undefined && sessionId !== undefined) this.#listeners.get(sessionId)?.(method, params)
      return
    }
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error === undefined) waiting?.resolve(result)
    else waiting?.reject(new Error(`${waiting.method}: ${error.message}`))
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}

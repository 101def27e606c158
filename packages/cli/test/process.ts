import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { onTestFinished } from 'vitest'

const MAIN = resolve(import.meta.dirname, '../dist/main.js')

/** How a run of the command ended, and what it wrote. */
export interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

/** The command as a running process. */
export interface Running {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  readonly ended: Promise<Ended>
  /** Resolves once stdout holds this; rejects with all output when the process ends before. */
  untilStdout(text: string | RegExp): Promise<string>
}

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Starts `longshore` as a user would. It is killed when the test ends, if it still runs. */
export function start(args: readonly string[], { cwd = tmpdir(), env = {} }: RunOptions = {}): Running {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { ...environment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => (stdout += String(chunk)))
  child.stderr.on('data', (chunk) => (stderr += String(chunk)))
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await ended
  })
  const untilStdout = (text: string | RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (typeof text === 'string' ? stdout.includes(text) : text.test(stdout)) resolve(stdout)
      }
      child.stdout.on('data', look)
      look()
      void ended.then(() => reject(new Error(`Ended without ${text}:\n${stdout}\n${stderr}`)))
    })
  return { child, ended, untilStdout }
}

/** Runs `longshore` to its end, as a process. `runHere` costs a tenth where none is needed. */
export function longshore(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return start(args, options).ended
}

/** Nothing of the machine's own AWS settings, and an endpoint on loopback where nobody listens, unless a test says otherwise. */
export function environment(): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  }
}

/** A folder with these files, removed when the test ends. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'longshore-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

/** A configuration file's text, for a service with these changes to the usual options. */
export function configText(changes: Readonly<Record<string, unknown>> = {}): string {
  const config = {
    cluster: 'media',
    service: 'thumbnails',
    queue: 'thumbnails',
    tasks: { min: 1, max: 10, concurrency: 20 },
    handling: { mean: '400ms' },
    objective: { wait: { p99: '60s' } },
    ...changes,
  }
  return `import { defineService } from '@longshore/scaler'\nexport default defineService(${JSON.stringify(config)})\n`
}

// `npm run test:strangers`: installs clients in Python that nobody here wrote, and runs the contract that they and
// sqs-consumer hold the local AWS to. `--required` makes "there is no Python here" a failure; anything else goes to vitest.
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

import { installClients } from './install.js'

const root = resolve(import.meta.dirname, '../..')
const report = join(root, '.cache', 'strangers-report.json')
const log = (line: string): void => void process.stdout.write(`strangers: ${line}\n`)

const stopping = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => stopping.abort(new Error(`stopped by ${name}`)))
}

const required = process.argv.includes('--required')
const vitestArgs = process.argv.slice(2).filter((argument) => argument !== '--required')
let counts = { passed: 0, failed: required ? 1 : 0 }
try {
  if (await installClients({ log, signal: stopping.signal })) counts = await runContract()
  else log('skipped: there is no Python 3.12 or newer with venv here.')
} catch (error) {
  log(error instanceof Error ? error.message : String(error))
  counts.failed = 1
}
process.exitCode = counts.failed > 0 ? 1 : 0
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`)

async function runContract(): Promise<{ passed: number; failed: number }> {
  mkdirSync(dirname(report), { recursive: true })
  rmSync(report, { force: true })
  const suite = ['run', '--project', 'workspace', 'test/contract/strangers']
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const succeeded = await vitest([...suite, ...vitestArgs, ...reporters])
  stopping.signal.throwIfAborted()
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8')) as Record<
    string,
    number
  >
  // A file that fails outside its tests (a leak, an import) fails the run without counting as a test.
  const failed = succeeded ? (numFailedTests ?? 0) : Math.max(numFailedTests ?? 0, 1)
  return { passed: numPassedTests ?? 0, failed }
}

function vitest(args: readonly string[]): Promise<boolean> {
  const env = { ...process.env, LONGSHORE_STRANGERS: 'required' }
  const child = spawn('vitest', args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env,
    signal: stopping.signal,
  })
  return new Promise((resolve, reject) => {
    child.once('error', (error) => (stopping.signal.aborted ? resolve(false) : reject(error)))
    child.once('exit', (code) => resolve(code === 0))
  })
}

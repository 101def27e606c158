// Runs the suites against the endpoint and reads vitest's own report of them.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KnownDifference } from '../contract/known-differences.js'

export interface SuiteRun {
  /** The name by which the contract suite knows what differs there. */
  readonly target: KnownDifference['target']
  readonly root: string
  readonly endpoint: string
  readonly suites: readonly string[]
  readonly vitestArgs: readonly string[]
  readonly signal: AbortSignal
}

interface VitestReport {
  readonly success: boolean
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly { readonly assertionResults: readonly { readonly title: string }[] }[]
}

export interface SuiteResult {
  readonly passed: number
  readonly failed: number
  /** Of every test in the files, run or not. */
  readonly titles: readonly string[]
}

export async function runSuites(run: SuiteRun): Promise<SuiteResult> {
  const folder = mkdtempSync(join(tmpdir(), 'longshore-suites-'))
  try {
    return await runInto(join(folder, 'report.json'), run)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function runInto(report: string, run: SuiteRun): Promise<SuiteResult> {
  const args = ['run', '--project', 'workspace', ...run.suites, ...run.vitestArgs]
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const succeeded = await vitest([...args, ...reporters], run)
  run.signal.throwIfAborted()
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(
    readFileSync(report, 'utf8'),
  ) as VitestReport
  if (numPassedTests + numFailedTests === 0) throw new Error(`${run.suites.join(' and ')} ran no test`)
  return {
    passed: numPassedTests,
    // A file that fails outside its tests (a leak, an import) fails the run without counting as a test.
    failed: succeeded ? numFailedTests : Math.max(numFailedTests, 1),
    titles: testResults.flatMap(({ assertionResults }) => assertionResults.map(({ title }) => title)),
  }
}

function vitest(args: readonly string[], { root, endpoint, target, signal }: SuiteRun): Promise<boolean> {
  const child = spawn('vitest', args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      AWS_ENDPOINT_URL_SQS: endpoint,
      AWS_ENDPOINT_URL_CLOUDWATCH: endpoint,
      LONGSHORE_CONTRACT_TARGET: target,
    },
    signal,
  })
  return new Promise((resolve, reject) => {
    child.once('error', (error) => (signal.aborted ? resolve(false) : reject(error)))
    child.once('exit', (code) => resolve(code === 0))
  })
}

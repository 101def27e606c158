// `npm run test:independent`: the SQS contract on moto and on ElasticMQ, which nobody here wrote, that of CloudWatch on moto, and
// the rules of idempotency stores on moto's DynamoDB.
// Arguments: `--required` makes an implementation that cannot run here a failure; a name (`moto`, `elasticmq`) leaves
// out the others; anything else goes to vitest (`-t 'some name'`).
import { join, resolve } from 'node:path'
import { runContract, type Outcome } from '../servers/contract-run.js'
import { implementations, type Implementation } from './implementations.js'
import { ToolMissing } from './install.js'

const root = resolve(import.meta.dirname, '../..')

const stopping = new AbortController()
const { signal } = stopping
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => stopping.abort(new Error(`stopped by ${name}`)))
}

const args = process.argv.slice(2)
const required = args.includes('--required')
const isNamed = ({ target }: Implementation): boolean => args.includes(target)
const chosen = implementations.some(isNamed) ? implementations.filter(isNamed) : implementations
const vitestArgs = args.filter(
  (argument) => argument !== '--required' && !chosen.some(({ target }) => target === argument),
)

let passed = 0
let failed = 0
// One after the other: rules that wait on the clock want a machine to themselves.
for (const implementation of chosen) {
  if (signal.aborted) break
  const outcome = await runOn(implementation)
  passed += outcome.passed
  failed += outcome.failed
}
process.exitCode = failed > 0 ? 1 : 0
process.stdout.write(`${passed} passed, ${failed} failed\n`)

async function runOn(implementation: Implementation): Promise<Outcome> {
  const { target } = implementation
  const log = (line: string): void => void process.stdout.write(`${target}: ${line}\n`)
  try {
    return await contractOn(implementation, log)
  } catch (error) {
    const isSkipped = error instanceof ToolMissing && !required
    const what = error instanceof Error ? error.message : String(error)
    log(isSkipped ? `skipped: ${what}` : what)
    return { passed: 0, failed: isSkipped ? 0 : 1 }
  }
}

async function contractOn(implementation: Implementation, log: (line: string) => void): Promise<Outcome> {
  const { target, name } = implementation
  const folder = join(root, '.cache', implementation.folder)
  const { endpoint, stop } = await implementation.start({ folder, log, signal })
  log(`ready on ${endpoint}`)
  try {
    const args = [...implementation.vitestArgs, ...vitestArgs]
    const suite = { root, endpoint, suites: implementation.suites, vitestArgs: args, signal }
    return await runContract({ ...suite, target, name, log })
  } finally {
    log('stopping')
    await stop()
  }
}

// The suites on one implementation, with the table of where it is known to differ. Its rows must name rules that exist.
import { knownDifferences, type KnownDifference } from '../contract/known-differences.js'
import { runSuites, type SuiteRun } from './suites.js'

export interface Outcome {
  readonly passed: number
  readonly failed: number
}

export interface ContractRun extends SuiteRun {
  /** As the table's head calls the implementation. */
  readonly name: string
  readonly log: (line: string) => void
}

export async function runContract(run: ContractRun): Promise<Outcome> {
  const { passed, failed, titles } = await runSuites(run)
  const known = knownDifferences.filter(({ target }) => target === run.target)
  run.log(
    `where it is known to differ (${known.length} rules, each expected to fail there, or not tried where that is chance):`,
  )
  process.stdout.write(table(run.name, known))
  const strays = known.filter(({ rule }) => !titles.some((title) => title.startsWith(rule)))
  for (const { rule } of strays) run.log(`this known difference names no rule of the contract: ${rule}`)
  return { passed, failed: failed + strays.length }
}

function table(name: string, known: readonly KnownDifference[]): string {
  const width = Math.max(...known.map(({ rule }) => rule.length))
  const row = (rule: string, does: string, right: string): string =>
    `  ${rule.padEnd(width)}  ${right.padEnd(5)}  ${does}`
  const rows = known.map(({ rule, does, right }) => row(rule, does, right))
  return [row('rule', name, 'right'), ...rows, ''].join('\n')
}

import { describeProblems } from '@longshore/core/option-problems'
import type { FaultOptions, LocalAws, LocalAwsOptions, LocalAwsError } from '@longshore/local'
import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import { UsageError } from './exit.js'

/** Flags that have the name of their option. */
const SAME_NAME = [
  'port',
  'timeScale',
  'region',
  'launchDelay',
  'metricDelay',
  'metricWakeDelay',
  'strictTiming',
  'fifoThroughputLimits',
  'seed',
] as const

/** The flags of `longshore dev` that are options of the local AWS. */
export interface LocalFlags extends Pick<LocalAwsOptions, (typeof SAME_NAME)[number]> {
  readonly account?: string
  readonly parameter?: Readonly<Record<string, unknown>>
  readonly fault?: readonly FaultOptions[]
}

/** Adds the flags. What their values may be is the local AWS's own to say: see {@link usageError}. */
export function addLocalFlags(command: Command): Command {
  return command
    .option('-p, --port <number>', 'port on 127.0.0.1; 0 takes a free one', toNumber, 4566)
    .option(
      '--time-scale <factor>',
      'how many times faster than the wall the control plane runs',
      toNumber,
      1,
    )
    .option('--account <id>', "twelve digits, the account (default: '000000000000')")
    .option('--region <name>', "region of callers that name none (default: 'us-east-1')")
    .option('--launch-delay <duration>', "time a task takes to start (default: '2s')")
    .option('--metric-delay <duration>', "time until a metric of a queue can be read (default: '60s')")
    .option('--metric-wake-delay <duration>', "the same for a queue unused for six hours (default: '0s')")
    .option('--seed <number>', 'makes random choices the same in every run', toNumber)
    .option('--no-strict-timing', 'let queues be purged, and names of deleted ones used, again at once')
    .option('--fifo-throughput-limits', "throttle FIFO queues at AWS's quota")
    .option(
      '--parameter <name=value>',
      'replace a rule that AWS does not publish; may be repeated',
      addParameter,
    )
    .option('--fault <json>', 'strike calls with a fault from the start; may be repeated', addFault)
}

export function localOptions(flags: LocalFlags): LocalAwsOptions {
  return Object.fromEntries([
    ...SAME_NAME.map((name) => [name, flags[name]]),
    ['accountId', flags.account],
    ['parameters', flags.parameter],
  ]) as LocalAwsOptions
}

/**
 * Adds the faults that were asked for.
 *
 * @throws UsageError that lists every problem of the first one that cannot work.
 */
export function addFaults({ faults }: LocalAws, flags: LocalFlags): void {
  for (const fault of flags.fault ?? []) {
    try {
      faults.add(fault)
    } catch (error) {
      throw usageError(error, `--fault '${JSON.stringify(fault)}'`, (path) => path)
    }
  }
}

/** What the local AWS says of its options, said of the flags they were given by; any other error as it is. */
export function usageError(error: unknown, subject: string, nameOf: (path: string) => string): unknown {
  if (!isAboutOptions(error)) return error
  const problems = error.problems.map(({ nearest, ...problem }) => ({
    ...problem,
    path: nameOf(problem.path),
    ...(nearest === undefined ? {} : { nearest: nameOf(nearest) }),
  }))
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  return new UsageError(`${subject}: ${count}${describeProblems(problems)}`)
}

/** `timeScale` is `--time-scale`, `parameters.scaleInSizing` is `--parameter scaleInSizing`. */
export function flagOf(path: string): string {
  if (path === 'accountId') return '--account'
  if (path.startsWith('parameters.')) return path.replace('parameters.', '--parameter ')
  return `--${path.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

function isAboutOptions(error: unknown): error is LocalAwsError {
  return (
    error instanceof Error && error.name === 'LocalAwsError' && 'problems' in error && hasSome(error.problems)
  )
}

function hasSome(problems: unknown): boolean {
  return Array.isArray(problems) && problems.length > 0
}

/** A number where it is one; what is none is told of as it was typed. */
function toNumber(text: string): number {
  return (text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text)) as number
}

function addParameter(
  text: string,
  before: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const [, name, value] = /^(\w+)=(.+)$/.exec(text) ?? []
  if (name === undefined || value === undefined) {
    throw new InvalidArgumentError("Expected name=value, such as 'scaleInSizing=gradual'.")
  }
  return { ...before, [name]: value === 'true' || value === 'false' ? value === 'true' : toNumber(value) }
}

function addFault(text: string, before: readonly FaultOptions[] = []): readonly FaultOptions[] {
  try {
    return [...before, JSON.parse(text) as FaultOptions]
  } catch {
    throw new InvalidArgumentError(`Expected JSON, such as '{"effect":"throttling","probability":0.1}'.`)
  }
}

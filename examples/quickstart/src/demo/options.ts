import { parseArgs } from 'node:util'

/** What `npm run demo -- …` takes. */
export interface DemoOptions {
  /** Messages per second of the steady stream. */
  readonly rate: number
  /** Messages sent at once, two seconds in. */
  readonly burst: number
  /** How many times faster than real time CloudWatch, scaling and task launches run. SQS stays in real time. */
  readonly timeScale: number
  /** Leave the local AWS and the service running at the end, until Ctrl-C. */
  readonly keep: boolean
  /** Print one JSON object as the last line. */
  readonly json: boolean
}

export const DEMO_HELP = `Shows Longshore at work on this machine: a local AWS, an SQS queue, an ECS service whose tasks are
real processes, and target tracking on the backlog per task that the scaler publishes.

Usage: npm run demo -- [options]

  --rate <n>        messages per second of the steady stream    (default 20; 0 to 200)
  --burst <n>       messages sent at once on top of it          (default 4000; 500 to 20000)
  --time-scale <n>  speed of CloudWatch, scaling and launches   (default 60; 20 to 120)
  --keep            leave everything running until Ctrl-C
  --json            print the figures as JSON, in the last line
  --help            this text

It ends by itself within 90 seconds and exits 0 only if nothing was lost and the service scaled out and back in.
`

/** Reads the command line; a string answer is what to tell the user. */
export function readOptions(args: readonly string[]): DemoOptions | { readonly problem: string } | 'help' {
  let values
  try {
    ;({ values } = parseArgs({
      args: [...args],
      options: {
        rate: { type: 'string', default: '20' },
        burst: { type: 'string', default: '4000' },
        'time-scale': { type: 'string', default: '60' },
        keep: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }))
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
  if (values.help) return 'help'
  const problems: string[] = []
  const number = (flag: 'rate' | 'burst' | 'time-scale', least: number, most: number): number => {
    const value = values[flag].trim() === '' ? Number.NaN : Number(values[flag])
    if (!(value >= least && value <= most)) {
      problems.push(`--${flag}: expected a number from ${least} to ${most}; got '${values[flag]}'.`)
    }
    return value
  }
  const options = {
    rate: number('rate', 0, 200),
    burst: Math.round(number('burst', 500, 20_000)),
    timeScale: number('time-scale', 20, 120),
    keep: values.keep,
    json: values.json,
  }
  return problems.length > 0 ? { problem: problems.join('\n') } : options
}

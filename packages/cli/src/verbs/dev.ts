import { isDuration } from '@longshore/core/time'
import type { Duration } from '@longshore/core/time'
import type { LocalAws, TaskOutput } from '@longshore/local'
import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import { createQueues } from '../create-queues.js'
import { EXIT } from '../exit.js'
import type { ExitCode } from '../exit.js'
import { writeJson, writeLine } from '../io.js'
import type { GlobalOptions, Session } from '../session.js'

const EXAMPLES = `
SQS, CloudWatch, Application Auto Scaling and ECS on 127.0.0.1, in memory, until interrupted. When ready it prints one
line with the variables to export. Tasks are processes of this machine; what they write goes to stderr.

Examples:
  $ longshore dev --queues thumbnails
  $ longshore dev --port 0 --time-scale 20 --launch-delay 5s
  $ longshore dev --json | jq -r .endpoint`

interface DevOptions extends GlobalOptions {
  readonly port: number
  readonly timeScale: number
  readonly launchDelay?: Duration
  readonly account?: string
  readonly queues?: readonly string[]
}

/** `longshore dev`: a local AWS. */
export function addDev(program: Command, session: Session): void {
  program
    .command('dev')
    .description('run a local AWS for development and tests, until interrupted')
    .option('-p, --port <number>', 'port on 127.0.0.1; 0 takes a free one', toPort, 4566)
    .option(
      '--time-scale <factor>',
      'how many times faster than the wall the control plane runs',
      toTimeScale,
      1,
    )
    .option('--launch-delay <duration>', "time a task takes to start (default: '2s')", toDuration)
    .option('--account <id>', "twelve digits, the account (default: '000000000000')", toAccount)
    .option('--queues <names>', 'queues to create, separated by commas', toQueueNames)
    .addHelpText('after', EXAMPLES)
    .action(async (_options, command: Command) => session.end(await dev(command.optsWithGlobals(), session)))
}

async function dev(options: DevOptions, { io }: Session): Promise<ExitCode> {
  const { startLocalAws } = await import('@longshore/local')
  const aws = await startLocalAws({
    port: options.port,
    timeScale: options.timeScale,
    workingDirectory: io.cwd,
    ...(options.launchDelay === undefined ? {} : { launchDelay: options.launchDelay }),
    ...(options.account === undefined ? {} : { accountId: options.account }),
    onTaskOutput: (output) => writeLine(io.stderr, renderTaskOutput(output)),
  })
  try {
    const queues = await createQueues(aws, options.queues ?? [])
    if (options.json) writeJson(io.stdout, { endpoint: aws.endpoint, environment: aws.environment, queues })
    else writeLine(io.stdout, renderExports(aws))
    if (!io.signal.aborted) {
      await new Promise((resolve) => io.signal.addEventListener('abort', resolve, { once: true }))
    }
  } finally {
    await aws.close()
  }
  return EXIT.ok
}

function renderExports({ environment }: LocalAws): string {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${quoteForShell(value)}`)
  return `export ${variables.join(' ')}`
}

function quoteForShell(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`
}

function renderTaskOutput({ taskArn, container, line }: TaskOutput): string {
  // A task's id is 32 hexadecimal digits; eight tell tasks apart.
  return `[${taskArn.split('/').at(-1)?.slice(0, 8)} ${container}] ${line}`
}

function toPort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError('Expected a whole number from 0 to 65535.')
}

function toTimeScale(text: string): number {
  const factor = Number(text)
  if (text.trim() !== '' && factor > 0 && factor <= 10_000) return factor
  throw new InvalidArgumentError('Expected a number above 0, at most 10000.')
}

function toDuration(text: string): Duration {
  if (isDuration(text)) return text
  throw new InvalidArgumentError("Expected a duration with a unit, such as '500ms' or '20s'.")
}

function toAccount(text: string): string {
  if (/^\d{12}$/.test(text)) return text
  throw new InvalidArgumentError('Expected twelve digits.')
}

function toQueueNames(text: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.every((name) => /^(?=.{1,80}$)[\w-]+(\.fifo)?$/.test(name))) return names
  throw new InvalidArgumentError('Expected names of letters, digits, - and _, separated by commas.')
}

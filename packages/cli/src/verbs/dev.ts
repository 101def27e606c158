import type { LocalAws, LocalAwsOptions, LocalCall, TaskOutput } from '@longshore/local'
import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import { createQueues } from '../create-queues.js'
import type { QueueUrls } from '../create-queues.js'
import { EXIT } from '../exit.js'
import type { ExitCode } from '../exit.js'
import { writeJson, writeLine } from '../io.js'
import type { Io } from '../io.js'
import { addFaults, addLocalFlags, flagOf, localOptions, usageError } from '../local-options.js'
import type { LocalFlags } from '../local-options.js'
import type { GlobalOptions, Session } from '../session.js'

const EXAMPLES = `
SQS, CloudWatch, Application Auto Scaling and ECS on 127.0.0.1, in memory, until interrupted. When ready it prints one
line with the variables to export, and the address of its page, which shows what happens. Tasks are processes of this
machine; what they write goes to stderr, as do the page's address and, with --calls, each call. Queues whose names end
in .fifo are FIFO queues. The README of @longshore/local lists the faults and the parameters that there are.

Examples:
  $ longshore dev --queues thumbnails,orders.fifo
  $ longshore dev --port 0 --time-scale 20 --launch-delay 5s
  $ longshore dev --calls --no-strict-timing
  $ longshore dev --fault '{"effect":"throttling","operation":"ReceiveMessage","probability":0.1}' --seed 1
  $ longshore dev --parameter scaleInSizing=gradual --parameter sqsMetricDelaySeconds=30
  $ longshore dev --json | jq -r .endpoint`

interface DevOptions extends GlobalOptions, LocalFlags {
  readonly queues?: readonly string[]
  readonly calls?: boolean
}

/** `longshore dev`: a local AWS. */
export function addDev(program: Command, session: Session): void {
  const command = program
    .command('dev')
    .description('run a local AWS for development and tests, until interrupted')
    .option('--queues <names>', 'queues to create, separated by commas', toQueueNames)
    .option('--calls', 'show each API call')
  addLocalFlags(command)
    .addHelpText('after', EXAMPLES)
    .action(async (_options, command: Command) => session.end(await dev(command.optsWithGlobals(), session)))
}

async function dev(options: DevOptions, { io }: Session): Promise<ExitCode> {
  const aws = await start(options, io)
  try {
    addFaults(aws, options)
    const queues = await createQueues(aws, options.queues ?? [])
    announce(aws, { io, queues, isJson: options.json === true })
    if (!io.signal.aborted) {
      await new Promise((resolve) => io.signal.addEventListener('abort', resolve, { once: true }))
    }
  } finally {
    await aws.close()
  }
  return EXIT.ok
}

async function start(options: DevOptions, io: Io): Promise<LocalAws> {
  const { startLocalAws } = await import('@longshore/local')
  const onCall: LocalAwsOptions['onCall'] = (call) => writeLine(io.stderr, renderCall(call))
  try {
    return await startLocalAws({
      ...localOptions(options),
      workingDirectory: io.cwd,
      onTaskOutput: (output) => writeLine(io.stderr, renderTaskOutput(output)),
      ...(options.calls === true ? { onCall } : {}),
    })
  } catch (error) {
    throw usageError(error, 'dev', flagOf)
  }
}

function announce(
  aws: LocalAws,
  { io, queues, isJson }: { readonly io: Io; readonly queues: QueueUrls; readonly isJson: boolean },
): void {
  const { endpoint, environment } = aws
  const page = `${endpoint}/`
  if (isJson) return writeJson(io.stdout, { endpoint, page, environment, queues })
  writeLine(io.stdout, renderExports(aws))
  writeLine(io.stderr, `The page: ${page}`)
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

function renderCall({ service, operation, accountId, region }: LocalCall): string {
  return `[${service}] ${operation} (${accountId} ${region})`
}

function toQueueNames(text: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.every((name) => /^(?=.{1,80}$)[\w-]+(\.fifo)?$/.test(name))) return names
  throw new InvalidArgumentError('Expected names of letters, digits, - and _, separated by commas.')
}

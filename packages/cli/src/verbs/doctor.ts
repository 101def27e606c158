import type { Finding, FindingCode, QueueLocation } from '@longshore/core'
import type { Command } from 'commander'
import { forEachOf } from '../each.js'
import { EXIT } from '../exit.js'
import type { ExitCode } from '../exit.js'
import type { Io } from '../io.js'
import { writeJson, writeLine } from '../io.js'
import { configuredQueues, namedQueue } from '../queue-argument.js'
import { renderFindings } from '../render/findings.js'
import type { GlobalOptions, Session } from '../session.js'
import { createStyle } from '../style.js'

const EXAMPLES = `
Looks at the queues of the configuration, or at the one named, and their dead-letter queues. Receives, sends and changes
nothing. A worker looks at its own process and options as well, when it starts. Exits with 1 when there is a problem.

Examples:
  $ longshore doctor
  $ longshore doctor thumbnails --region eu-west-1
  $ longshore doctor --json | jq '.queues[].findings[] | select(.severity == "problem")'`

// What depends on the worker's options and process, which only it knows.
const OF_THE_WORKER: ReadonlySet<FindingCode> = new Set([
  'deadline-past-lease',
  'stop-timeout-short',
  'stop-timeout-refused',
  'signals-swallowed',
  'region-other',
])

interface DoctorOptions extends GlobalOptions {
  readonly region?: string
}

interface Examined {
  readonly queue: string
  readonly findings: readonly Finding[]
}

/** `longshore doctor`: what is wrong with the queues, each finding with its fix. */
export function addDoctor(program: Command, session: Session): void {
  program
    .command('doctor [queue]')
    .description('look at the queues for what will cost messages, and say how to mend it; change nothing')
    .option('--region <region>', "the queue's region, if its URL does not say")
    .addHelpText('after', EXAMPLES)
    .action(async (queue: string | undefined, _options, command: Command) =>
      session.end(await doctor(queue, command.optsWithGlobals(), session)),
    )
}

async function doctor(name: string | undefined, options: DoctorOptions, { io }: Session): Promise<ExitCode> {
  const { inspect } = await import('@longshore/core')
  const queues = await queuesOf(name, options, io)
  const examined = await forEachOf(queues, async (queue): Promise<Examined> => {
    const findings = await inspect(queue, { log: false })
    return {
      queue: queue.url ?? queue.name ?? '',
      findings: findings.filter(({ code }) => !OF_THE_WORKER.has(code)),
    }
  })
  if (options.json) writeJson(io.stdout, { queues: examined })
  else
    writeLine(
      io.stdout,
      examined
        .map(({ queue, findings }) => renderFindings({ subject: queue, findings }, createStyle(io)))
        .join('\n'),
    )
  const problems = examined.flatMap(({ findings }) =>
    findings.filter(({ severity }) => severity === 'problem'),
  )
  return problems.length === 0 ? EXIT.ok : EXIT.failed
}

async function queuesOf(
  name: string | undefined,
  { config, region }: DoctorOptions,
  { cwd }: Io,
): Promise<QueueLocation[]> {
  return name === undefined
    ? await configuredQueues({ file: config, cwd }, region)
    : [namedQueue(name, region)]
}

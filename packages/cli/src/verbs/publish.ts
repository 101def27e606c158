import { durationMs } from '@longshore/core/time'
import type { Duration } from '@longshore/core/time'
import type { Aws, BeatResult, PublishingCost, Scaler, Service } from '@longshore/scaler'
import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import { toDuration } from '../arguments.js'
import { controlClock } from '../clock.js'
import { EXIT } from '../exit.js'
import type { ExitCode } from '../exit.js'
import { writeJson, writeLine } from '../io.js'
import { renderEvent } from '../render/events.js'
import type { GlobalOptions, Session } from '../session.js'
import { createStyle } from '../style.js'

const EXAMPLES = `
Each beat, every ten seconds, reads the queue and the service and publishes the backlog per task, or holds where a
reading is missing. Run one publisher for a configuration: as a small service of its own, or beside anything that runs.

Examples:
  $ longshore publish
  $ longshore publish --json | tee decisions.jsonl
  $ longshore publish --once
  $ longshore publish --emf --interval 20s`

interface PublishOptions extends GlobalOptions {
  readonly once?: boolean
  readonly interval: Duration
  readonly emf?: boolean
}

/** `longshore publish`: the control loop, until it is told to stop. */
export function addPublish(program: Command, session: Session): void {
  program
    .command('publish')
    .description('publish the backlog per task until interrupted, with a line for each decision')
    .option('--once', 'make one beat and exit: 0 when all was published, 1 when not')
    .option('--interval <duration>', "time between beats, '1s' to '60s'", toInterval, '10s')
    .option('--emf', 'write metrics as EMF lines to stdout, for a log driver; all else goes to stderr')
    .addHelpText('after', EXAMPLES)
    .action(async (_options, command: Command) =>
      session.end(await publish(command.optsWithGlobals(), session)),
    )
}

async function publish(options: PublishOptions, session: Session): Promise<ExitCode> {
  const scaling = await import('../scaling.js')
  const { batchPublishing, createScaler, emfPublishing, eventRecord } = scaling
  const { loadServices, publishingCost, withAws } = scaling
  const { io } = session
  const write = (line: string): void => writeLine(io.stdout, line)
  const style = createStyle(io)
  const output = options.emf ? io.stderr : io.stdout
  const clock = controlClock(io.env)
  const services = await loadServices({ file: options.config, cwd: io.cwd })
  const open = (service: Service, aws: Aws): Scaler => {
    const scaler = createScaler(service, { aws, clock, beat: options.interval })
    scaler.onAny((event) => {
      if (options.json) writeJson(output, eventRecord(service, event))
      else writeLine(output, renderEvent(service, event, style))
    })
    return scaler
  }
  if (!options.once) {
    const beatSeconds = durationMs(options.interval) / 1_000
    tellCost(publishingCost(services, { beatSeconds, isEmf: options.emf === true }), session)
  }
  return withAws(async (awsOf) => {
    const publishing = new Map<Aws, Aws>()
    const publishingOf = (service: Service): Aws => {
      const aws = awsOf(service)
      const size = services.filter((each) => awsOf(each) === aws).length
      const made =
        publishing.get(aws) ??
        (options.emf ? emfPublishing(aws, { clock, write }) : batchPublishing(aws, { size, clock }))
      publishing.set(aws, made)
      return made
    }
    const scalers = services.map((service) => open(service, publishingOf(service)))
    try {
      return options.once ? await beatOnce(scalers, io.signal) : await beatUntil(scalers, io.signal)
    } finally {
      await Promise.all(scalers.map((scaler) => scaler.stop()))
    }
  })
}

/** To stderr: it is no decision, and no metric. */
function tellCost({ total, metrics, puts, queues }: PublishingCost, { io }: Session): void {
  const dollars = (amount: number): string => `$${amount.toFixed(2)}`
  writeLine(
    io.stderr,
    `longshore: publishing costs about ${dollars(total)} a month: ${dollars(metrics)} for metrics, ` +
      `${dollars(puts)} for PutMetricData, ${dollars(queues)} for reading queues.`,
  )
}

function toInterval(text: string): Duration {
  const interval = toDuration(text)
  const ms = durationMs(interval)
  if (ms >= 1_000 && ms <= 60_000) return interval
  throw new InvalidArgumentError("Expected a duration from '1s' to '60s'.")
}

async function beatOnce(scalers: readonly Scaler[], signal: AbortSignal): Promise<ExitCode> {
  const stop = (): void => scalers.forEach((scaler) => void scaler.stop())
  signal.addEventListener('abort', stop, { once: true })
  const results: BeatResult[] = await Promise.all(scalers.map((scaler) => scaler.beat()))
  signal.removeEventListener('abort', stop)
  if (signal.aborted) return EXIT.interrupted
  return results.every(({ outcome }) => outcome === 'published') ? EXIT.ok : EXIT.failed
}

async function beatUntil(scalers: readonly Scaler[], signal: AbortSignal): Promise<ExitCode> {
  for (const scaler of scalers) scaler.start()
  if (!signal.aborted) {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  }
  return EXIT.ok
}

import { durationMs } from '@longshore/core/time'
import type { Duration } from '@longshore/core/time'
import type { Publisher, PublishingCost } from '@longshore/scaler'
import { InvalidArgumentError, Option } from 'commander'
import type { Command } from 'commander'
import { toDuration, wholeNumber } from '../arguments.js'
import { controlClock } from '../clock.js'
import { EXIT, UsageError } from '../exit.js'
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
  $ longshore publish --emf --interval 20s
  $ longshore publish --health-port 9090 --health-host 0.0.0.0`

interface PublishOptions extends GlobalOptions {
  readonly once?: boolean
  readonly interval: Duration
  readonly emf?: boolean
  readonly healthPort?: number
  readonly healthHost?: string
}

/** `longshore publish`: the control loop, until it is told to stop. */
export function addPublish(program: Command, session: Session): void {
  program
    .command('publish')
    .description('publish the backlog per task until interrupted, with a line for each decision')
    .option('--once', 'make one beat and exit: 0 when all was published, 1 when not')
    .addOption(
      new Option('--interval <duration>', "time between beats, '1s' to '60s'")
        .argParser(toInterval)
        .default('10s', "'10s'"),
    )
    .option('--emf', 'write metrics as EMF lines to stdout, for a log driver; all else goes to stderr')
    .option(
      '--health-port <port>',
      'serve /live, /ready and /metrics; 0 takes a free port',
      wholeNumber(0, 65_535),
    )
    .option('--health-host <address>', "the address to serve them on (default: '127.0.0.1')")
    .addHelpText('after', EXAMPLES)
    .action(async (_options, command: Command) =>
      session.end(await publish(command.optsWithGlobals(), session)),
    )
}

async function publish(options: PublishOptions, session: Session): Promise<ExitCode> {
  const { createPublisher, eventRecord, loadServices, publishingCost } = await import('../scaling.js')
  const { io } = session
  const health = healthOf(options)
  const style = createStyle(io)
  const output = options.emf ? io.stderr : io.stdout
  const services = await loadServices({ file: options.config, cwd: io.cwd })
  const publisher = createPublisher(services, {
    clock: controlClock(io.env),
    beat: options.interval,
    emf: options.emf ? (line) => writeLine(io.stdout, line) : undefined,
    health,
  })
  publisher.onAny((event, service) => {
    if (options.json) writeJson(output, eventRecord(service, event))
    else writeLine(output, renderEvent(service, event, style))
  })
  try {
    if (options.once) return await beatOnce(publisher, io.signal)
    await publisher.start()
    const beatSeconds = durationMs(options.interval) / 1_000
    tellCost(publishingCost(services, { beatSeconds, isEmf: options.emf === true }), session)
    if (publisher.healthUrl !== undefined) tell(`health on ${publisher.healthUrl}`, session)
    await untilAborted(io.signal)
    return EXIT.ok
  } finally {
    await publisher.stop()
  }
}

function healthOf(options: PublishOptions): { port: number; host: string | undefined } | undefined {
  const { healthPort: port, healthHost: host, once } = options
  if (port === undefined) {
    if (host === undefined) return undefined
    throw new UsageError('--health-host: expected --health-port beside it; health is served on that port.')
  }
  if (once) throw new UsageError('--health-port: expected a publisher that goes on, got --once.')
  return { port, host }
}

function tellCost(cost: PublishingCost, session: Session): void {
  const dollars = (amount: number): string => `$${amount.toFixed(2)}`
  const parts = [
    `${dollars(cost.metrics)} for metrics`,
    cost.logs > 0 ? `${dollars(cost.logs)} for logs` : `${dollars(cost.puts)} for PutMetricData`,
    ...(cost.reads > 0 ? [`${dollars(cost.reads)} for GetMetricData`] : []),
    `${dollars(cost.queues)} for reading queues`,
  ]
  tell(
    `publishing costs about ${dollars(cost.total)} a month (${cost.prices}): ${parts.join(', ')}.`,
    session,
  )
}

/** To stderr: it is no decision, and no metric. */
function tell(text: string, { io }: Session): void {
  writeLine(io.stderr, `longshore: ${text}`)
}

function toInterval(text: string): Duration {
  const interval = toDuration(text)
  const ms = durationMs(interval)
  if (ms >= 1_000 && ms <= 60_000) return interval
  throw new InvalidArgumentError("Expected a duration from '1s' to '60s'.")
}

async function beatOnce(publisher: Publisher, signal: AbortSignal): Promise<ExitCode> {
  const results = await publisher.beat(signal)
  if (signal.aborted) return EXIT.interrupted
  return results.every(({ outcome }) => outcome === 'published') ? EXIT.ok : EXIT.failed
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
}

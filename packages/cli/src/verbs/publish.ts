import type { Aws, BeatResult, Scaler, Service } from '@longshore/scaler'
import type { Command } from 'commander'
import { controlClock } from '../clock.js'
import { EXIT } from '../exit.js'
import type { ExitCode } from '../exit.js'
import { writeJson, writeLine } from '../io.js'
import { eventJson, renderEvent } from '../render/events.js'
import type { AnyScalerEvent } from '../render/events.js'
import type { GlobalOptions, Session } from '../session.js'
import { createStyle } from '../style.js'

const EXAMPLES = `
Each beat, every ten seconds, reads the queue and the service and publishes the backlog per task, or holds where a
reading is missing. Run one publisher for a configuration: as a small service of its own, or beside anything that runs.

Examples:
  $ longshore publish
  $ longshore publish --json | tee decisions.jsonl
  $ longshore publish --once`

interface PublishOptions extends GlobalOptions {
  readonly once?: boolean
}

/** `longshore publish`: the control loop, until it is told to stop. */
export function addPublish(program: Command, session: Session): void {
  program
    .command('publish')
    .description('publish the backlog per task until interrupted, with a line for each decision')
    .option('--once', 'make one beat and exit: 0 when all was published, 1 when not')
    .addHelpText('after', EXAMPLES)
    .action(async (_options, command: Command) =>
      session.end(await publish(command.optsWithGlobals(), session)),
    )
}

async function publish(options: PublishOptions, session: Session): Promise<ExitCode> {
  const { createScaler, loadServices, withAws } = await import('../scaling.js')
  const { io } = session
  const clock = controlClock(io.env)
  const services = await loadServices({ file: options.config, cwd: io.cwd })
  const open = (service: Service, aws: Aws): Scaler => {
    const scaler = createScaler(service, { aws, clock })
    tell(scaler, options, session)
    return scaler
  }
  return withAws(async (awsOf) => {
    const scalers = services.map((service) => open(service, awsOf(service)))
    try {
      return options.once ? await beatOnce(scalers, io.signal) : await beatUntil(scalers, io.signal)
    } finally {
      await Promise.all(scalers.map((scaler) => scaler.stop()))
    }
  })
}

function tell(scaler: Scaler, options: PublishOptions, { io }: Session): void {
  const style = createStyle(io)
  const write = (event: AnyScalerEvent): void => {
    if (options.json) writeJson(io.stdout, eventJson(scaler.service, event))
    else writeLine(io.stdout, renderEvent(scaler.service, event, style))
  }
  scaler.on('decision:published', (event) => write({ name: 'published', ...event }))
  scaler.on('decision:held', (event) => write({ name: 'held', ...event }))
  scaler.on('capacity:set', (event) => write({ name: 'set', ...event }))
  scaler.on('capacity:failed', (event) => write({ name: 'notSet', ...event }))
  scaler.on('publish:failed', (event) => write({ name: 'failed', ...event }))
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

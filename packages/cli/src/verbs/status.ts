import type { Service, ServiceStatus } from '@longshore/scaler'
import { forEachOf } from '../each.js'
import { sleep, systemClock } from '@longshore/core/time'
import type { Command } from 'commander'
import { controlClock } from '../clock.js'
import { EXIT } from '../exit.js'
import type { ExitCode } from '../exit.js'
import { writeJson } from '../io.js'
import { renderStatus } from '../render/status.js'
import type { GlobalOptions, Session } from '../session.js'
import { createStyle } from '../style.js'

const EXAMPLES = `
Exits with 1 when something could not be read; the rest is shown.

Examples:
  $ longshore status
  $ longshore status --watch
  $ longshore status --json | jq '.services[].explanation'`

const WATCH_INTERVAL_MS = 2_000
// Cursor home, and erase to the end of the screen once the new text is there.
const HOME = '\u001B[H'
const ERASE_BELOW = '\u001B[J'
const ERASE_ALL = '\u001B[2J'

interface StatusOptions extends GlobalOptions {
  readonly watch?: boolean
}

interface Row {
  readonly service: Service
  readonly status: ServiceStatus
}

/** `longshore status`: what scaling does, and why it does nothing when it does nothing. */
export function addStatus(program: Command, session: Session): void {
  program
    .command('status')
    .description('show queue, tasks, backlog, policy, alarms and last activities, and why nothing happens')
    .option('-w, --watch', 'show it again every two seconds until interrupted')
    .addHelpText('after', EXAMPLES)
    .action(async (_options, command: Command) =>
      session.end(await status(command.optsWithGlobals(), session)),
    )
}

async function status(options: StatusOptions, { io }: Session): Promise<ExitCode> {
  const { loadServices, readStatus, withAws } = await import('../scaling.js')
  const clock = controlClock(io.env)
  const services = await loadServices({ file: options.config, cwd: io.cwd })
  return withAws(async (awsOf) => {
    const read = async (service: Service): Promise<Row> => {
      const status = await readStatus(service, { aws: awsOf(service), clock, signal: io.signal })
      return { service, status }
    }
    const show = createScreen(options, io)
    for (;;) {
      const rows = await forEachOf(services, read)
      if (io.signal.aborted) return options.watch ? EXIT.ok : EXIT.interrupted
      show(rows)
      if (!options.watch) return rows.some(({ status }) => status.problems.length > 0) ? EXIT.failed : EXIT.ok
      await sleep(systemClock, WATCH_INTERVAL_MS, io.signal)
    }
  })
}

/** Writes each reading: as JSON, or over the one before on a terminal, or below it. */
function createScreen(options: StatusOptions, io: Session['io']): (rows: readonly Row[]) => void {
  if (options.json) return (rows) => writeJson(io.stdout, { services: rows.map(({ status }) => status) })
  const style = createStyle(io)
  const isOverwriting = options.watch === true && io.stdout.isTTY === true
  if (isOverwriting) io.stdout.write(ERASE_ALL)
  return (rows) => {
    const text = `${rows.map(({ service, status }) => renderStatus(service, status, style)).join('\n\n')}\n`
    io.stdout.write(isOverwriting ? `${HOME}${text.replaceAll('\n', '\u001B[K\n')}${ERASE_BELOW}` : text)
  }
}

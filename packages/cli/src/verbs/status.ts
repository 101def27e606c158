import type { Service, ServiceStatus } from '@longshore/scaler'
import { forEachOf } from '../each.js'
import { sleep, systemClock } from '@longshore/core/time'
import type { Command } from 'commander'
import { controlClock } from '../clock.js'
import { EXIT } from '../exit.js'
import type { ExitCode } from '../exit.js'
import { writeJson } from '../io.js'
import type { Output } from '../io.js'
import { renderStatus } from '../render/status.js'
import { createScreen } from '../screen.js'
import type { GlobalOptions, Session } from '../session.js'
import { createStyle } from '../style.js'

const EXAMPLES = `
Exits with 1 when something could not be read; the rest is shown.

Examples:
  $ longshore status
  $ longshore status --watch
  $ longshore status --json | jq '.services[].explanation'`

const WATCH_INTERVAL_MS = 2_000

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
    .description(
      'show queue, tasks, backlog, policies, alarms, schedules and activities, and why nothing happens',
    )
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
    const style = createStyle(io)
    const screen = createScreen(options.watch ? io.stdout : plain(io.stdout), style.faint('Ctrl-C ends.'))
    const show = (rows: readonly Row[]): void => {
      if (options.json) writeJson(io.stdout, { services: rows.map(({ status }) => status) })
      else screen.show(rows.map((row) => renderStatus(row.service, row.status, style)).join('\n\n'))
    }
    try {
      for (;;) {
        const rows = await forEachOf(services, read)
        if (io.signal.aborted) return options.watch ? EXIT.ok : EXIT.interrupted
        show(rows)
        if (!options.watch)
          return rows.some(({ status }) => status.problems.length > 0) ? EXIT.failed : EXIT.ok
        await sleep(systemClock, WATCH_INTERVAL_MS, io.signal)
      }
    } finally {
      screen.close()
    }
  })
}

/** Where a text stays, terminal or not. */
function plain(output: Output): Output {
  return { write: (text) => output.write(text) }
}

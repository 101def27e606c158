import type { LintFinding, Service } from '@longshore/scaler'
import type { Command } from 'commander'
import { wholeNumber } from '../arguments.js'
import { forEachOf } from '../each.js'
import { EXIT } from '../exit.js'
import type { ExitCode } from '../exit.js'
import { writeJson, writeLine } from '../io.js'
import { renderFindings } from '../render/findings.js'
import { renderTitle } from '../render/proposals.js'
import type { GlobalOptions, Session } from '../session.js'
import { createStyle } from '../style.js'

const EXAMPLES = `
Looks at the configuration, and at what the account has on the same services: other policies, queues, task definitions.
Changes nothing. --offline looks at the configuration alone. Exits with 1 when there is a problem; notes are no problems.

Examples:
  $ longshore lint
  $ longshore lint --offline
  $ longshore lint --vcpu-quota 100 --json`

interface LintVerbOptions extends GlobalOptions {
  readonly offline?: boolean
  readonly vcpuQuota?: number
}

interface Linted {
  readonly service: Service
  readonly findings: readonly LintFinding[]
}

/** `longshore lint`: mistakes in the scaling, each with a reason and a fix. */
export function addLint(program: Command, session: Session): void {
  program
    .command('lint')
    .description('find mistakes in the configuration and the account, each with its reason and a fix')
    .option('--offline', 'look at the configuration only')
    .option(
      '--vcpu-quota <number>',
      'how many vCPUs the account may run, to hold tasks.max against',
      wholeNumber(1, 1_000_000),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (_options, command: Command) => session.end(await lint(command.optsWithGlobals(), session)))
}

async function lint(options: LintVerbOptions, { io }: Session): Promise<ExitCode> {
  const scaling = await import('../scaling.js')
  const { vcpuQuota } = options
  const services = await scaling.loadServices({ file: options.config, cwd: io.cwd })
  const linted: Linted[] = options.offline
    ? services.map((service) => ({ service, findings: scaling.lint(service) }))
    : await scaling.withAws((awsOf) =>
        forEachOf(services, async (service) => {
          const reading = { aws: awsOf(service), vcpuQuota, signal: io.signal }
          return { service, findings: await scaling.lintAccount(service, reading) }
        }),
      )
  if (options.json) {
    const rows = linted.map(({ service: { cluster, service }, findings }) => ({ cluster, service, findings }))
    writeJson(io.stdout, { services: rows })
  } else {
    const style = createStyle(io)
    for (const { service, findings } of linted) {
      writeLine(io.stdout, renderFindings({ subject: renderTitle(service, style), findings }, style))
    }
  }
  const isClean = linted.every(({ findings }) => findings.every(({ severity }) => severity !== 'problem'))
  return isClean ? EXIT.ok : EXIT.failed
}

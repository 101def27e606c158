import type { Command } from 'commander'
import { forEachOf } from '../each.js'
import { EXIT } from '../exit.js'
import type { ExitCode } from '../exit.js'
import { writeJson, writeLine } from '../io.js'
import { renderProposals } from '../render/proposals.js'
import type { GlobalOptions, Session } from '../session.js'
import { createStyle } from '../style.js'

const EXAMPLES = `
Examples:
  $ longshore plan
  $ longshore plan --config deploy/longshore.config.ts
  $ longshore plan --exit-code || echo "the account differs from the configuration"`

interface PlanOptions extends GlobalOptions {
  readonly exitCode?: boolean
}

/** `longshore plan`: shows what `apply` would do. */
export function addPlan(program: Command, session: Session): void {
  program
    .command('plan')
    .description('show what differs between the configuration and the account; change nothing')
    .option('--exit-code', 'exit with 3 when there are changes')
    .addHelpText('after', EXAMPLES)
    .action(async (_options, command: Command) => session.end(await plan(command.optsWithGlobals(), session)))
}

async function plan(options: PlanOptions, { io }: Session): Promise<ExitCode> {
  const { loadServices, proposeChanges, withAws } = await import('../scaling.js')
  const services = await loadServices({ file: options.config, cwd: io.cwd })
  const proposals = await withAws((awsOf) =>
    forEachOf(services, (service) => proposeChanges(service, awsOf(service), io.signal)),
  )
  if (options.json) writeJson(io.stdout, { services: proposals })
  else writeLine(io.stdout, renderProposals(proposals, createStyle(io)))
  const isAsPlanned = proposals.every(({ changes }) => changes.length === 0)
  return options.exitCode && !isAsPlanned ? EXIT.changes : EXIT.ok
}

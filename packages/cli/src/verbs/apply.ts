import type { Change } from '@longshore/scaler'
import type { Command } from 'commander'
import { EXIT } from '../exit.js'
import type { ExitCode } from '../exit.js'
import { writeJson, writeLine } from '../io.js'
import { renderChange } from '../render/changes.js'
import { renderTitle } from '../render/proposals.js'
import { formatCount } from '../render/text.js'
import type { GlobalOptions, Session } from '../session.js'
import { createStyle } from '../style.js'

const EXAMPLES = `
Applying twice is applying once, and after a failure apply goes on where it broke off.

Examples:
  $ longshore apply
  $ longshore apply --config deploy/longshore.config.ts --json`

/** `longshore apply`: makes the account as the configuration says. */
export function addApply(program: Command, session: Session): void {
  program
    .command('apply')
    .description(
      'create and update the scalable target and the scaling policy; show each change as it is done',
    )
    .addHelpText('after', EXAMPLES)
    .action(async (_options, command: Command) =>
      session.end(await apply(command.optsWithGlobals(), session)),
    )
}

async function apply(options: GlobalOptions, { io }: Session): Promise<ExitCode> {
  const { applyChanges, loadServices, proposeChanges, withAws } = await import('../scaling.js')
  const style = createStyle(io)
  const say = (text: string): void => (options.json ? undefined : writeLine(io.stdout, text))
  const services = await loadServices({ file: options.config, cwd: io.cwd })
  const applied: Change[] = []

  const onApplied = (change: Change): void => {
    applied.push(change)
    if (options.json) writeJson(io.stdout, { change })
    for (const line of renderChange(change, style)) say(`  ${line}`)
  }
  await withAws(async (awsOf) => {
    for (const service of services) {
      const aws = awsOf(service)
      const { changes } = await proposeChanges(service, aws, io.signal)
      if (changes.length === 0) continue
      say(renderTitle(service, style))
      await applyChanges(changes, { aws, onApplied, signal: io.signal })
    }
  })
  if (options.json) writeJson(io.stdout, { applied: applied.length })
  say(
    applied.length === 0
      ? 'Nothing to do: the account is as the configuration says.'
      : `Done: ${formatCount(applied.length, 'change')} applied.`,
  )
  return EXIT.ok
}

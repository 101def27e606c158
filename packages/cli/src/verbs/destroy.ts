import type { Change } from '@longshore/scaler'
import type { Command } from 'commander'
import { forEachOf } from '../each.js'
import { EXIT } from '../exit.js'
import type { ExitCode } from '../exit.js'
import { writeJson, writeLine } from '../io.js'
import { renderChange } from '../render/changes.js'
import { renderTitle } from '../render/proposals.js'
import { formatCount } from '../render/text.js'
import type { GlobalOptions, Session } from '../session.js'
import { createStyle } from '../style.js'

const EXAMPLES = `
Removes what apply has made: it knows its own by name and tag, and leaves everything else. Services and tasks stay, with
the count that they have then. Without --yes it shows what it would remove, and exits with 3 if there is anything.

Examples:
  $ longshore destroy
  $ longshore destroy --yes`

interface DestroyOptions extends GlobalOptions {
  readonly yes?: boolean
}

/** `longshore destroy`: takes the scaling away again. */
export function addDestroy(program: Command, session: Session): void {
  program
    .command('destroy')
    .description('remove the scaling that apply has made, and nothing else; show it only, unless --yes')
    .option('-y, --yes', 'remove it')
    .addHelpText('after', EXAMPLES)
    .action(async (_options, command: Command) =>
      session.end(await destroy(command.optsWithGlobals(), session)),
    )
}

async function destroy(options: DestroyOptions, { io }: Session): Promise<ExitCode> {
  const { applyChanges, loadServices, proposeRemoval, withAws } = await import('../scaling.js')
  const style = createStyle(io)
  const say = (text: string): void => (options.json ? undefined : writeLine(io.stdout, text))
  const services = await loadServices({ file: options.config, cwd: io.cwd })
  return withAws(async (awsOf) => {
    const removals = await forEachOf(services, (service) =>
      proposeRemoval(service, awsOf(service), io.signal),
    )
    let removed = 0
    for (const { service, changes, kept } of removals) {
      if (changes.length + kept.length > 0) say(renderTitle(service, style))
      const show = (change: Change): void => {
        removed += 1
        if (options.json) writeJson(io.stdout, { change })
        for (const line of renderChange(change, style)) say(`  ${line}`)
      }
      const aws = awsOf(service)
      if (options.yes) await applyChanges(changes, { aws, onApplied: show, signal: io.signal })
      else changes.forEach(show)
      for (const reason of kept) say(`  ${style.changed('·')} ${reason}`)
    }
    const kept = removals.flatMap((removal) => removal.kept)
    if (options.json) writeJson(io.stdout, options.yes ? { removed, kept } : { toRemove: removed, kept })
    say(summary(removed, options.yes === true))
    return removed > 0 && !options.yes ? EXIT.changes : EXIT.ok
  })
}

function summary(count: number, isDone: boolean): string {
  if (count === 0) return 'Nothing to remove: there is no scaling of ours.'
  return isDone
    ? `Done: ${formatCount(count, 'resource')} removed.`
    : `${formatCount(count, 'resource')} would be removed. \`longshore destroy --yes\` does it.`
}

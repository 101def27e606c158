import type { Command } from 'commander'
import { Argument } from 'commander'
import type { Shell } from '../completion.js'
import { completionScript, SHELLS } from '../completion.js'
import { EXIT } from '../exit.js'
import { writeJson } from '../io.js'
import type { GlobalOptions, Session } from '../session.js'

const EXAMPLES = `
Examples:
  $ source <(longshore completion bash)
  $ longshore completion zsh >> ~/.zshrc
  $ longshore completion fish > ~/.config/fish/completions/longshore.fish`

/** `longshore completion`: verbs and options, for a shell to complete. */
export function addCompletion(program: Command, session: Session): void {
  program
    .command('completion')
    .description('print a script that completes verbs and options in a shell')
    .addArgument(new Argument('<shell>', 'whose script').choices(SHELLS))
    .addHelpText('after', EXAMPLES)
    .action((shell: Shell, _options, command: Command) => {
      const script = completionScript(program, shell)
      if (command.optsWithGlobals<GlobalOptions>().json) writeJson(session.io.stdout, { shell, script })
      else session.io.stdout.write(script)
      session.end(EXIT.ok)
    })
}

import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import type { Session, Verb } from './session.js'
import { addApply } from './verbs/apply.js'
import { addCompletion } from './verbs/completion.js'
import { addDev } from './verbs/dev.js'
import { addDoctor } from './verbs/doctor.js'
import { addInit } from './verbs/init.js'
import { addPlan } from './verbs/plan.js'
import { addPublish } from './verbs/publish.js'
import { addRedrive } from './verbs/redrive.js'
import { addStatus } from './verbs/status.js'

const VERBS: readonly Verb[] = [
  addInit,
  addDoctor,
  addPlan,
  addApply,
  addPublish,
  addStatus,
  addRedrive,
  addDev,
  addCompletion,
]

const EXIT_CODES = `
Exit codes:
  0    done
  1    failed; the message says why
  2    wrong options or configuration; nothing was done
  3    plan --exit-code: there are changes
  130  interrupted before it was done`

/** The command's grammar. Output goes to the session's streams, and a usage error is thrown instead of exiting. */
export function createProgram(session: Session): Command {
  const { stdout, stderr } = session.io
  const program = new Command('longshore')
    .description('Runs queue workers on Amazon ECS, scaled by the work that waits.')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [verb]', 'show help for a verb')
    .option(
      '-c, --config <file>',
      'configuration file (default: longshore.config.{ts,mts,js,mjs} here or above)',
    )
    .option('--json', 'write JSON instead of text')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'longshore: ')),
    })
    .showHelpAfterError('(`--help` shows the options)')
    .addHelpText('afterAll', EXIT_CODES)
    .exitOverride()
  for (const addVerb of VERBS) addVerb(program, session)
  return program
}

function readVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return manifest.version
}

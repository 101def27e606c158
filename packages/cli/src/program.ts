import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import type { Session, Verb } from './session.js'

/** In the order of the help. Each is loaded when it is needed: a command that is run needs its own verb alone. */
const VERBS: ReadonlyMap<string, () => Promise<Verb>> = new Map([
  ['init', async () => (await import('./verbs/init.js')).addInit],
  ['doctor', async () => (await import('./verbs/doctor.js')).addDoctor],
  ['plan', async () => (await import('./verbs/plan.js')).addPlan],
  ['simulate', async () => (await import('./verbs/simulate.js')).addSimulate],
  ['apply', async () => (await import('./verbs/apply.js')).addApply],
  ['destroy', async () => (await import('./verbs/destroy.js')).addDestroy],
  ['publish', async () => (await import('./verbs/publish.js')).addPublish],
  ['status', async () => (await import('./verbs/status.js')).addStatus],
  ['lint', async () => (await import('./verbs/lint.js')).addLint],
  ['iam', async () => (await import('./verbs/iam.js')).addIam],
  ['template', async () => (await import('./verbs/template.js')).addTemplate],
  ['redrive', async () => (await import('./verbs/redrive.js')).addRedrive],
  ['dev', async () => (await import('./verbs/dev.js')).addDev],
  ['completion', async () => (await import('./verbs/completion.js')).addCompletion],
])

/** Those that show all verbs. */
const OVERVIEWS: ReadonlySet<string> = new Set(['completion', 'help'])

const EXIT_CODES = `
Exit codes:
  0    done
  1    failed; the message says why
  2    wrong options or configuration; nothing was done
  3    plan --exit-code, destroy without --yes: there are changes
  130  interrupted before it was done`

/**
 * The command's grammar, as far as `argv` can mean it. Output goes to the session's streams, and a usage error is thrown
 * instead of exiting.
 */
export async function createProgram(session: Session, argv: readonly string[]): Promise<Command> {
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
  for (const addVerb of await verbsOf(argv)) addVerb(program, session)
  return program
}

/** The verbs that the arguments name, wherever they stand; all of them where they name none, or ask for all. */
function verbsOf(argv: readonly string[]): Promise<Verb[]> {
  const named = argv.filter((argument) => VERBS.has(argument))
  const isAll = named.length === 0 || argv.some((argument) => OVERVIEWS.has(argument))
  const needed = Array.from(VERBS, ([name, load]) => (isAll || named.includes(name) ? [load] : [])).flat()
  return Promise.all(needed.map((load) => load()))
}

function readVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return manifest.version
}

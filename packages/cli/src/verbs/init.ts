import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { Option } from 'commander'
import { toDuration, wholeNumber } from '../arguments.js'
import { EXIT, FailedError, UsageError } from '../exit.js'
import type { ExitCode } from '../exit.js'
import type { Draft, Migration } from '../init/draft.js'
import type { Io } from '../io.js'
import { writeJson, writeLine } from '../io.js'
import type { GlobalOptions, Session } from '../session.js'

const EXAMPLES = `
Writes ./longshore.config.ts, or the file named with --config. What no option says is taken from the manifest, else from
the folder's package, else it is a default to look at. With --from keda say what a handling takes (--handling) and how
many run at a time (--concurrency): a ScaledObject does not know.

Examples:
  $ longshore init
  $ longshore init --cluster media --service thumbnails --queue thumbnails --wait 30s --handling 400ms
  $ longshore init --from copilot copilot/orders/manifest.yml --env prod --cluster shop-prod-Cluster-1A2B3C
  $ longshore init --from keda orders.yaml --cluster shop --handling 250ms --concurrency 10`

const KINDS = ['copilot', 'keda'] as const

interface InitOptions extends GlobalOptions, Draft {
  readonly from?: (typeof KINDS)[number]
  readonly env?: string
  readonly force?: boolean
  readonly print?: boolean
}

/** `longshore init`: a configuration to begin with. */
export function addInit(program: Command, session: Session): void {
  program
    .command('init [manifest]')
    .description('write a configuration, from a Copilot manifest or a KEDA ScaledObject if there is one')
    .addOption(new Option('--from <tool>', 'whose manifest it is').choices(KINDS))
    .option('--env <name>', "the environment whose overrides count, in a Copilot manifest's")
    .option('--cluster <name>', 'the ECS cluster')
    .option('--service <name>', 'the ECS service')
    .option('--queue <name>', "the queue's name or URL")
    .option('--region <region>', 'the region of both')
    .option('--min <tasks>', 'the fewest tasks', wholeNumber(0, 5_000))
    .option('--max <tasks>', 'the most tasks', wholeNumber(1, 5_000))
    .option('--concurrency <number>', 'how many messages a task handles at a time', wholeNumber(1, 10_000))
    .option('--handling <duration>', 'the mean time of a handling', toDuration)
    .option('--wait <duration>', 'how long 99 of 100 messages may wait', toDuration)
    .option('--force', 'write over a file that is there')
    .option('--print', 'write to stdout instead of a file')
    .addHelpText('after', EXAMPLES)
    .action(async (manifest: string | undefined, _options, command: Command) =>
      session.end(await init(manifest, command.optsWithGlobals(), session)),
    )
}

async function init(manifest: string | undefined, options: InitOptions, { io }: Session): Promise<ExitCode> {
  const { draft: found, notes: ofManifest } = await migration(manifest, options, io)
  const { check, complete, guessed } = await import('../init/complete.js')
  const { configText } = await import('../init/config-text.js')
  const config = complete(options, found, io.cwd)
  const notes = [...ofManifest, ...(await check(config))]
  const path = options.print ? undefined : write(configText(config), options, io)
  if (options.json) writeJson(io.stdout, { path, config, notes })
  else if (path === undefined) io.stdout.write(configText(config))
  else writeLine(io.stdout, written(path, guessed(options, found)))
  if (!options.json) for (const note of notes) writeLine(io.stderr, `note: ${note}`)
  return EXIT.ok
}

function written(path: string, guesses: readonly string[]): string {
  const look = guesses.length === 0 ? '' : ` Look at what nobody said: ${guesses.join(', ')}.`
  return `Wrote ${path}.${look} \`longshore plan\` shows what it comes to.`
}

async function migration(file: string | undefined, options: InitOptions, io: Io): Promise<Migration> {
  const { from, env, handling, concurrency } = options
  if (file === undefined && from === undefined) return { draft: {}, notes: [] }
  if (file === undefined || from === undefined) {
    const missing =
      file === undefined ? 'the manifest, as an argument' : `--from ${KINDS.join(' or --from ')}`
    throw new UsageError(`expected ${missing}, got nothing.`)
  }
  const { readManifest } = await import('../init/manifest.js')
  const documents = readManifest(file, io.cwd)
  const [first] = documents
  if (first === undefined) throw new UsageError(`${file}: expected a manifest, got an empty file.`)
  if (from === 'copilot') {
    const { fromCopilot } = await import('../init/from-copilot.js')
    return fromCopilot(first, env)
  }
  if (handling === undefined || concurrency === undefined) {
    throw new UsageError(
      '--from keda: expected --handling and --concurrency, since a ScaledObject does not say how long its messages take.',
    )
  }
  const { fromKeda } = await import('../init/from-keda.js')
  return fromKeda(documents, file, { handling, concurrency })
}

function write(text: string, { config = 'longshore.config.ts', force = false }: InitOptions, io: Io): string {
  try {
    writeFileSync(resolve(io.cwd, config), text, { flag: force ? 'w' : 'wx' })
    return config
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') {
      throw new UsageError(
        `${config} is there already: --force writes over it, --print shows what it would be.`,
      )
    }
    throw new FailedError(`could not write ${config}: ${message}`)
  }
}

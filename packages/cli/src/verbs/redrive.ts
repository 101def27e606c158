import type { DeadLetterMessage, QueueLocation, RedriveProgress } from '@longshore/core'
import { systemClock } from '@longshore/core/time'
import type { Command } from 'commander'
import { toDuration, toPairs, toTexts, wholeNumber } from '../arguments.js'
import { EXIT } from '../exit.js'
import type { ExitCode } from '../exit.js'
import type { Io } from '../io.js'
import { writeJson, writeLine } from '../io.js'
import { chosenQueue } from '../queue-argument.js'
import { redriveFilter } from '../redrive-filter.js'
import type { RedriveConditions } from '../redrive-filter.js'
import { renderDeadLetter, renderRedrive, renderRedriveProgress } from '../render/redrive.js'
import type { GlobalOptions, Session } from '../session.js'
import { createStyle } from '../style.js'

const EXAMPLES = `
QUEUE is the name or URL of the queue whose messages died, not of its dead-letter queue; without it, the queue of the
configuration's one service. A message is deleted from the dead-letter queue only when its queue has it. Looking at a
message raises its receive count there by one, and hides it until the end. Conditions are joined by "and". Ctrl-C hands
back what is held. Exits with 1 when a message could not be moved.

Examples:
  $ longshore redrive thumbnails --dry-run
  $ longshore redrive thumbnails --rate 50
  $ longshore redrive thumbnails --reason timeout --where image.bucket=photos --newer-than 2h
  $ longshore redrive https://sqs.eu-west-1.amazonaws.com/123456789012/orders --limit 10 --json`

const PLAIN_PROGRESS_MS = 5_000
const LISTED = 20

interface RedriveVerbOptions extends GlobalOptions, RedriveConditions {
  readonly region?: string
  readonly dryRun?: boolean
  readonly limit?: number
  readonly rate?: number
  readonly bodies?: boolean
}

/** `longshore redrive`: dead letters back to their queue. */
export function addRedrive(program: Command, session: Session): void {
  program
    .command('redrive [queue]')
    .description('send the messages of a dead-letter queue back to their queue')
    .option('--dry-run', 'move nothing; list what would be moved')
    .option('--rate <number>', 'messages a second, at most', wholeNumber(1, 10_000))
    .option('--limit <number>', 'messages in all, at most', wholeNumber(1, 10_000_000))
    .option('--where <path=value>', 'only those whose JSON body has this value; repeatable', toPairs)
    .option('--attribute <name=value>', 'only those with this message attribute; repeatable', toPairs)
    .option('--reason <text>', "only those whose worker's reason holds this text")
    .option('--group <id>', 'only those of this message group')
    .option('--id <id>', 'only this message; repeatable', toTexts)
    .option('--older-than <duration>', 'only those sent longer ago', toDuration)
    .option('--newer-than <duration>', 'only those sent since', toDuration)
    .option('--bodies', 'show the beginning of each body')
    .option('--region <region>', "the queue's region, if its URL does not say")
    .addHelpText('after', EXAMPLES)
    .action(async (queue: string | undefined, _options, command: Command) =>
      session.end(await redriveQueue(queue, command.optsWithGlobals(), session)),
    )
}

async function redriveQueue(
  name: string | undefined,
  options: RedriveVerbOptions,
  { io }: Session,
): Promise<ExitCode> {
  const { redrive } = await import('@longshore/core')
  const queue: QueueLocation = await chosenQueue(name, { file: options.config, cwd: io.cwd }, options.region)
  const { dryRun = false, limit, rate } = options
  const style = createStyle(io)
  const progress = showProgress(io)
  const report = await redrive(queue, {
    filter: redriveFilter(options, systemClock.now()),
    dryRun,
    limit,
    rate,
    signal: io.signal,
    onProgress: progress.show,
    onMatch: showMatches(options, io),
  }).finally(progress.clear)
  if (options.json) writeJson(io.stdout, { ...report, dryRun })
  else writeLine(io.stdout, renderRedrive(report, style, dryRun))
  if (report.endedBy === 'signal') return EXIT.interrupted
  const isWhole = report.failed.length + report.doubled + report.hidden === 0
  return isWhole && report.endedBy !== 'too-many-in-flight' ? EXIT.ok : EXIT.failed
}

/** Lists what matches: a dry run's first ones, or all of them where their bodies are asked for; in JSON a line each. */
function showMatches(options: RedriveVerbOptions, io: Io): (message: DeadLetterMessage) => void {
  const { dryRun = false, bodies = false, json } = options
  if (!dryRun && !bodies) return () => {}
  const style = createStyle(io)
  let shown = 0
  return (message) => {
    shown += 1
    const { body, attributes: _attributes, ...facts } = message
    if (json) writeJson(io.stdout, { match: bodies ? { ...facts, body } : facts })
    else if (bodies || shown <= LISTED) writeLine(io.stdout, renderDeadLetter(message, style, bodies))
    else if (shown === LISTED + 1) writeLine(io.stdout, style.faint('  …'))
  }
}

/** On a terminal one line that is written over, elsewhere a line every five seconds. */
function showProgress({ stderr }: Io): { show: (progress: RedriveProgress) => void; clear: () => void } {
  if (stderr.isTTY === true) {
    return {
      show: (progress) => stderr.write(`\r${renderRedriveProgress(progress)}\u001B[K`),
      clear: () => void stderr.write('\r\u001B[K'),
    }
  }
  let nextMs = systemClock.now() + PLAIN_PROGRESS_MS
  return {
    show: (progress) => {
      if (systemClock.now() < nextMs) return
      nextMs += PLAIN_PROGRESS_MS
      writeLine(stderr, renderRedriveProgress(progress))
    },
    clear: () => {},
  }
}

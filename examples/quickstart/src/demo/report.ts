import type { Depth } from './stack.js'
import type { Tally } from './tally.js'
import type { Traffic } from './traffic.js'

/** The figures of a run; `--json` prints them. */
export interface Figures {
  readonly sent: number
  readonly handled: number
  readonly duplicates: number
  readonly lost: number
  readonly deadLettered: number
  readonly peakTasks: number
  readonly finalTasks: number
  readonly seconds: number
  readonly callsPerMessage: number
}

/** The figures, and what the verdict rests on besides. */
export interface Report extends Figures {
  readonly stillQueued: number
  readonly wrongResults: number
  readonly sendFailure: Error | undefined
  readonly waitMs: Tally['waitMs']
}

export function reportOf(run: {
  traffic: Traffic
  tally: Tally
  depth: Depth
  deadLettered: number
  peakTasks: number
  finalTasks: number
  seconds: number
  workerCalls: number
}): Report {
  const { tally, depth, traffic } = run
  const stillQueued = depth.visible + depth.inFlight + depth.delayed
  return {
    sent: traffic.sent.size,
    handled: tally.handled,
    duplicates: tally.duplicates,
    // Without a result and not in any queue either.
    lost: Math.max(0, tally.missing.length - stillQueued - run.deadLettered),
    deadLettered: run.deadLettered,
    peakTasks: run.peakTasks,
    finalTasks: run.finalTasks,
    seconds: Number(run.seconds.toFixed(1)),
    callsPerMessage: Number((run.workerCalls / Math.max(1, tally.handled)).toFixed(3)),
    stillQueued,
    wrongResults: tally.wrong.length,
    sendFailure: traffic.failure,
    waitMs: tally.waitMs,
  }
}

/** What the run failed to show; empty when all held. */
export function verdicts(report: Report): readonly string[] {
  const problems: string[] = []
  if (report.sent === 0) problems.push('no message was sent')
  if (report.sendFailure !== undefined)
    problems.push(`a message could not be sent: ${report.sendFailure.message}`)
  if (report.lost > 0) problems.push(`${report.lost} messages were lost`)
  if (report.deadLettered > 0) problems.push(`${report.deadLettered} messages ended in the dead-letter queue`)
  if (report.wrongResults > 0) problems.push(`${report.wrongResults} results are wrong`)
  if (report.stillQueued > 0) problems.push(`${report.stillQueued} messages were not handled in time`)
  if (report.peakTasks <= 1) problems.push('the service did not scale out')
  if (report.finalTasks !== 1)
    problems.push(`the service did not scale back in: ${report.finalTasks} tasks run`)
  return problems
}

/** The table for people, and the JSON line for programs, which is the last line. */
export function writeReport(report: Report, options: { problems: readonly string[]; json: boolean }): void {
  const rows: readonly (readonly [string, string])[] = [
    ['sent', String(report.sent)],
    ['handled', String(report.handled)],
    ['duplicates', String(report.duplicates)],
    ['lost', `${report.lost}   by the queue’s counts and the written results`],
    ['dead-lettered', String(report.deadLettered)],
    [
      'wait',
      `p50 ${(report.waitMs.p50 / 1000).toFixed(1)} s, p99 ${(report.waitMs.p99 / 1000).toFixed(1)} s`,
    ],
    ['tasks', `1 → ${report.peakTasks} → ${report.finalTasks}`],
    ['calls per message', String(report.callsPerMessage)],
    ['seconds', String(report.seconds)],
  ]
  const table = rows.map(([name, value]) => `  ${name.padEnd(18)} ${value}\n`).join('')
  const verdict =
    options.problems.length === 0
      ? 'Nothing was lost, and the service scaled out and back in.\n'
      : `Not as promised: ${options.problems.join('; ')}.\n`
  const people = options.json ? process.stderr : process.stdout
  people.write(`\n${table}\n${verdict}`)
  if (!options.json) return
  const { sent, handled, duplicates, lost, deadLettered, peakTasks, finalTasks, seconds, callsPerMessage } =
    report
  const figures: Figures = {
    sent,
    handled,
    duplicates,
    lost,
    deadLettered,
    peakTasks,
    finalTasks,
    seconds,
    callsPerMessage,
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`)
}

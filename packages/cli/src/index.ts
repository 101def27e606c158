import { CommanderError } from 'commander'
import { EXIT } from './exit.js'
import type { ExitCode } from './exit.js'
import { writeLine } from './io.js'
import type { Io } from './io.js'
import { createProgram } from './program.js'

export type { ExitCode } from './exit.js'
export type { Io, Output } from './io.js'

/**
 * Runs the command, and resolves with its exit code; never rejects, and touches nothing of the process that `io` doesn't
 * name, except that the AWS SDK reads its own environment.
 *
 * @param argv The arguments after the command's name.
 */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok
  try {
    const program = await createProgram({ io, end: (ended) => (code = ended) }, argv)
    await program.parseAsync(argv, { from: 'user' })
    return code
  } catch (error) {
    return report(error, io)
  }
}

// Errors whose message is written for the user: what to do is in it, and a stack would only hide that.
const PLAIN = new Set([
  'FailedError',
  'AwsCallError',
  'ApplyError',
  'NotOursError',
  'LocalAwsError',
  'QueueCallError',
  'OptionsError',
])
const USAGE = new Set(['UsageError', 'OptionsError', 'ConfigError'])

function report(error: unknown, io: Io): ExitCode {
  // Commander has written its own message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  if (io.signal.aborted) return EXIT.interrupted
  if (error instanceof Error && USAGE.has(error.name)) {
    writeLine(io.stderr, `longshore: ${error.message}`)
    return EXIT.usage
  }
  if (error instanceof Error && PLAIN.has(error.name)) {
    writeLine(io.stderr, `longshore: ${error.message}`)
    return EXIT.failed
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  writeLine(io.stderr, `longshore: this is a fault of longshore, please report it:\n${text}`)
  return EXIT.failed
}

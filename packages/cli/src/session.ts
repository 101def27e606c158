import type { Command } from 'commander'
import type { ExitCode } from './exit.js'
import type { Io } from './io.js'

/** What every verb is given. */
export interface Session {
  readonly io: Io
  /** Called once, with how the verb ended. */
  end(code: ExitCode): void
}

/** The options that every verb takes. */
export interface GlobalOptions {
  /** Path of the configuration file. */
  readonly config?: string
  readonly json?: boolean
}

/** A verb: adds itself to the program. */
export type Verb = (program: Command, session: Session) => void

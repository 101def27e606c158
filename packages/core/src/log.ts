import { systemClock } from './clock.js'

/**
 * Where the worker and {@link HandlerContext.log} write; `pino` loggers fit as they are. Errors are in the field `err`, which
 * pino serialises.
 */
export interface Logger {
  debug(fields: object, text: string): void
  info(fields: object, text: string): void
  warn(fields: object, text: string): void
  error(fields: object, text: string): void
  /** A logger that adds these fields to every entry; without it they are added to each. */
  child?(fields: Record<string, unknown>): Logger
}

const nothing = (): void => {}

/** Says nothing. What `log: false` means. */
export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing }

/**
 * One line of JSON for each entry of `info` and above: what ECS's log drivers and CloudWatch Logs Insights read.
 * Message bodies are never among the fields that the worker itself logs.
 */
export function jsonLogger(write: (line: string) => void = toStderr): Logger {
  const at =
    (level: string) =>
    (fields: object, text: string): void => {
      const time = new Date(systemClock.now()).toISOString()
      write(`${jsonLine({ time, level, text }, fields)}\n`)
    }
  return { debug: nothing, info: at('info'), warn: at('warn'), error: at('error') }
}

function toStderr(line: string): void {
  process.stderr.write(line)
}

/** A logger that adds `fields` to every entry. */
export function withFields(log: Logger, bound: Record<string, unknown>): Logger {
  if (log.child !== undefined) return log.child(bound)
  return {
    debug: (fields, text) => log.debug({ ...bound, ...fields }, text),
    info: (fields, text) => log.info({ ...bound, ...fields }, text),
    warn: (fields, text) => log.warn({ ...bound, ...fields }, text),
    error: (fields, text) => log.error({ ...bound, ...fields }, text),
  }
}

// Logging must not fail a handling: what has no JSON (a cycle, a bigint) costs the entry its fields, not its text.
function jsonLine(entry: object, fields: object): string {
  try {
    return JSON.stringify({ ...entry, ...fields }, replaceErrors)
  } catch (error) {
    return JSON.stringify({ ...entry, unloggable: String(error) })
  }
}

// An Error has no enumerable fields: JSON would say {}.
function replaceErrors(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value
  const { name, message, stack, cause } = value
  const code: unknown = 'code' in value ? value.code : undefined
  return { name, code, message, stack, ...(cause === undefined ? {} : { cause }) }
}

/** Whether something has the methods of a {@link Logger}. */
export function isLogger(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return ['debug', 'info', 'warn', 'error'].every((level) => typeof Reflect.get(value, level) === 'function')
}

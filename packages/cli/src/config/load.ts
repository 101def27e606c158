import { relative } from 'node:path'
import * as scaler from '@longshore/scaler'
import type { Service, ServiceConfig } from '@longshore/scaler'
import { createJiti } from 'jiti'
import { UsageError } from '../exit.js'
import { findConfig } from './find.js'

/** The configuration as the user gave it. */
export interface ConfigLocation {
  /** As given by `--config`. */
  readonly file: string | undefined
  readonly cwd: string
}

/**
 * The services that the configuration file exports: one, or an array of them.
 *
 * @throws UsageError when there is no file, it throws, it exports no service, or what it exports is wrong.
 */
export async function loadServices({ file, cwd }: ConfigLocation): Promise<readonly Service[]> {
  const path = findConfig(file, cwd)
  const name = relative(cwd, path) || path
  const exported = await importDefault({ path, name })
  const configs: unknown[] = Array.isArray(exported) ? exported : [exported]
  if (configs.length === 0)
    throw new UsageError(`${name}: expected at least one service, got an empty array.`)
  const services = configs.map((config) => toService(config, { path, name }))
  refuseDoubles(services, name)
  return services
}

/** A file, and how messages call it. */
interface ConfigFile {
  readonly path: string
  readonly name: string
}

async function importDefault(file: ConfigFile): Promise<unknown> {
  // The file gets this command's own scaler, so that it loads wherever it lies and whatever else is installed there.
  const jiti = createJiti(import.meta.url, {
    virtualModules: { '@longshore/scaler': scaler },
    fsCache: false,
    // Else a file without a default export would seem to export itself.
    interopDefault: false,
  })
  try {
    const module = await jiti.import<Record<string, unknown>>(file.path)
    // A default export may also be a promise of a configuration.
    const exported: unknown = await module.default
    if (exported !== undefined) return exported
    throw new UsageError(
      `${file.name}: expected a default export (\`export default defineService({…})\`), got ${describeExports(module)}.`,
    )
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(describeThrown(error, file), { cause: error })
  }
}

function toService(config: unknown, file: ConfigFile): Service {
  if (scaler.isService(config)) return config
  try {
    return scaler.defineService(config as ServiceConfig)
  } catch (error) {
    throw new UsageError(describeThrown(error, file), { cause: error })
  }
}

function refuseDoubles(services: readonly Service[], name: string): void {
  const seen = new Set<string>()
  for (const { cluster, service, region } of services) {
    const key = JSON.stringify([region, cluster, service])
    if (seen.has(key)) {
      throw new UsageError(
        `${name}: expected each service once, got ${JSON.stringify(service)} in cluster ${JSON.stringify(cluster)} twice. A service has one scalable target.`,
      )
    }
    seen.add(key)
  }
}

function describeThrown(error: unknown, file: ConfigFile): string {
  const { name } = file
  if (error instanceof scaler.ConfigError) return `${name}: ${error.message}`
  if (!(error instanceof Error)) return `${name} threw ${JSON.stringify(error)}.`
  const message = oneLine(error.message)
  if (message.startsWith('ParseError: '))
    return `${name} does not parse: ${message.replace('ParseError: ', '')}`
  // Node appends the files that asked for the module; the first line says which one is missing.
  const missing = /^Cannot find (?:module|package) \S+/.exec(message)?.[0]
  if (missing !== undefined) return `${name}: ${missing}. Install it next to the file, or correct the import.`
  return `${name} threw ${error.name}: ${message}${placeOf(error, file)}`
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

// Where in the user's own file, for the one who has to look; the rest of the stack is ours.
function placeOf(error: Error, { path, name }: ConfigFile): string {
  const frame = error.stack?.split('\n').find((line) => line.includes(path))
  const place = frame?.slice(frame.indexOf(path) + path.length)
  const [line] = /^:\d+:\d+/.exec(place ?? '') ?? []
  return line === undefined ? '' : ` (${name}${line})`
}

function describeExports(module: Record<string, unknown>): string {
  const names = Object.keys(module).filter((key) => key !== '__esModule')
  return names.length === 0 ? 'no exports' : `only ${names.join(', ')}`
}

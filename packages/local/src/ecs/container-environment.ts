import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import type { ContainerDefinition } from './task-definition.js'

type Environment = Readonly<Record<string, string>>

export interface EnvironmentSources {
  /** This process's own environment, of which only what any program needs is passed on. */
  readonly host: NodeJS.ProcessEnv
  /** What every task here is given: the endpoints of this server, for one. */
  readonly task: Environment
  readonly container: ContainerDefinition
  /** What the ECS agent writes over anything else. */
  readonly agent: Environment
}

// A container sees nothing of its host; these stand in for what its image would set.
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'TZ', 'USER']

/** A container's environment; later sources win: host, task, container, agent. */
export function containerEnvironment(sources: EnvironmentSources): Record<string, string> {
  const environment: Record<string, string> = {}
  for (const name of PASSED_ON) {
    const value = sources.host[name]
    if (value !== undefined) environment[name] = value
  }
  Object.assign(environment, sources.task)
  for (const { name, value } of sources.container.environment) environment[name] = value
  Object.assign(environment, sources.agent)
  environment.PATH = withNode(environment.PATH ?? '')
  return environment
}

/** A `node` command runs this Node where PATH has none. */
function withNode(path: string): string {
  const folders = path.split(delimiter).filter((folder) => folder !== '')
  if (folders.some((folder) => existsSync(join(folder, 'node')))) return path
  return [...folders, dirname(process.execPath)].join(delimiter)
}

/** Why a container with this environment cannot be started as defined; undefined when it can. */
export function missingInitialization(
  container: ContainerDefinition,
  environment: Environment,
): string | undefined {
  const unresolved = container.secretNames.filter((name) => environment[name] === undefined)
  if (unresolved.length > 0) {
    return (
      `ResourceInitializationError: unable to pull secrets: ${unresolved.join(', ')}. There is no secret store here; ` +
      `give container '${container.name}' a value in its environment.`
    )
  }
  if (container.hasEnvironmentFiles) {
    return (
      `ResourceInitializationError: failed to download env files of container '${container.name}'. ` +
      'There is no S3 here; write the variables into its environment.'
    )
  }
  return undefined
}

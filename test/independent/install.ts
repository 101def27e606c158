// moto and ElasticMQ under the project's cache, by the package clients of their languages: made once, reused while whole.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findPython, probePython } from '../localstack/python.js'
import { runToEnd } from '../localstack/run-to-end.js'

export const MOTO_VERSION = '5.2.3'
export const ELASTICMQ_VERSION = '1.7.1'

const MOTO_MIN_PYTHON_MINOR = 9
const TOOL_TIMEOUT_MS = 20_000

export interface InstallOptions {
  /** The implementation's own folder in the project's cache. */
  readonly folder: string
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

/** What a missing tool throws: the run goes on without that implementation. */
export class ToolMissing extends Error {
  override readonly name = 'ToolMissing'
}

/**
 * The environment's interpreter, moto installed.
 *
 * @throws ToolMissing where there is no Python ≥ 3.9 with `venv`.
 */
export async function installMoto({ folder, log, signal }: InstallOptions): Promise<string> {
  const interpreter = join(folder, 'bin', 'python')
  // The Python it was made from may have been removed since.
  if (isWhole(folder) && probePython(interpreter, MOTO_MIN_PYTHON_MINOR) !== undefined) return interpreter
  const python = findPython([], MOTO_MIN_PYTHON_MINOR)
  if (python === undefined) throw new ToolMissing('no Python 3.9 or newer (with venv) is here')

  empty(folder)
  log(`installing it with Python ${python.version}, about a minute the first time`)
  await runToEnd({ command: python.path, args: ['-m', 'venv', folder], signal })
  const pip = ['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check']
  await runToEnd({ command: interpreter, args: [...pip, `moto[server]==${MOTO_VERSION}`], signal })
  markWhole(folder)
  return interpreter
}

/**
 * The class path of ElasticMQ.
 *
 * @throws ToolMissing without Java (11 or newer) or Maven.
 */
export async function installElasticMq({ folder, log, signal }: InstallOptions): Promise<string> {
  if (!runs('java', '-version')) throw new ToolMissing('no Java is here')
  const classPath = join(folder, 'lib', '*')
  if (isWhole(folder)) return classPath
  if (!runs('mvn', '--version')) throw new ToolMissing('no Maven is here to install it with')

  empty(folder)
  log('installing it with Maven, under a minute the first time')
  const pom = join(folder, 'pom.xml')
  writeFileSync(pom, POM)
  const output = `-DoutputDirectory=${join(folder, 'lib')}`
  await runToEnd({
    command: 'mvn',
    args: ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', output],
    signal,
  })
  markWhole(folder)
  return classPath
}

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>longshore</groupId>
  <artifactId>elasticmq</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.elasticmq</groupId>
      <artifactId>elasticmq-server_2.13</artifactId>
      <version>${ELASTICMQ_VERSION}</version>
    </dependency>
  </dependencies>
</project>
`

// A folder without its stamp is an install that was cut short: nothing in it can be relied on.
const isWhole = (folder: string): boolean => existsSync(join(folder, 'complete'))
const markWhole = (folder: string): void => writeFileSync(join(folder, 'complete'), '')

function empty(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
}

const runs = (command: string, argument: string): boolean =>
  spawnSync(command, [argument], { stdio: 'ignore', timeout: TOOL_TIMEOUT_MS }).status === 0

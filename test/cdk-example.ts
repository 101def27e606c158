import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const APP = resolve(import.meta.dirname, '../examples/cdk-worker/dist/app.js')
const STACK = 'LongshoreThumbnails'

/** What the app of `examples/cdk-worker` writes. */
export interface Synthesized {
  readonly template: { readonly Resources: Readonly<Record<string, { readonly Type: string }>> }
  /** Warnings and errors of constructs. */
  readonly annotations: readonly string[]
  /** What the app has said. */
  readonly output: string
}

/** Runs the app as the CDK's command does; rejects when it fails. */
export async function synthesize(environment: Readonly<Record<string, string>>): Promise<Synthesized> {
  const folder = await mkdtemp(join(tmpdir(), 'longshore-synth-'))
  try {
    const env = { ...process.env, CDK_OUTDIR: folder, ...environment }
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [APP], { env })
    const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8')
    const metadata = await read(`${STACK}.metadata.json`)
    return {
      template: JSON.parse(await read(`${STACK}.template.json`)) as Synthesized['template'],
      annotations: metadata.match(/"aws:cdk:(?:warning|error)"[^}]*/g) ?? [],
      output: stdout + stderr,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

#!/usr/bin/env node
import * as nodeModule from 'node:module'
import { systemClock } from '@longshore/core/time'

// Which SDK runs on which Node is Longshore's to know: its lockfile pins one that runs on 20.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'

/** A terminal, and npm after it, may deliver one Ctrl-C twice; a second one later means it. */
const INSIST_AFTER_MS = 1_000

const stop = new AbortController()
let stoppedAtMs = 0

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (!stop.signal.aborted) {
      stoppedAtMs = systemClock.now()
      stop.abort()
    } else if (systemClock.now() - stoppedAtMs > INSIST_AFTER_MS) {
      process.exit(130)
    }
  })
}

// Whoever reads has gone (`longshore plan | head -1`): there is nobody left to tell.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    stop.abort()
  })
}

// Node 22.1 and newer keep what they compile, in the folder for temporary files: a tenth of a second of the next start.
const { enableCompileCache } = nodeModule as { readonly enableCompileCache?: () => unknown }
enableCompileCache?.()

const { run } = await import('./index.js')
process.exitCode = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: stop.signal,
})

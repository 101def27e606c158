// `npm run check`: format, lint with type-aware rules, types of the tests, the import rule. All run, all findings show.
import { spawnSync } from 'node:child_process'

const checks = [
  ['format', 'prettier', ['--check', '--log-level', 'warn', '.']],
  ['lint', 'oxlint', ['--type-aware', '--deny-warnings']],
  ['types', 'tsc', ['-p', 'tsconfig.tests.json']],
  ['imports', 'vitest', ['run', '--project', 'workspace', 'test/imports.test.ts', '--reporter=dot']],
]

const failed = []
for (const [name, command, args] of checks) {
  const started = performance.now()
  const { status } = spawnSync(command, args, { stdio: 'inherit' })
  process.stdout.write(
    `${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`,
  )
  if (status !== 0) failed.push(name)
}
if (failed.length > 0) {
  process.stdout.write(`check: ${failed.join(', ')} failed. \`npm run format\` mends the format.\n`)
  process.exitCode = 1
}

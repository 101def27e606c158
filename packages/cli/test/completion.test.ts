import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { longshore } from './process.js'
import { runHere } from './run-here.js'

/** What bash would offer after these words, the last of which is being written. */
async function offered(script: string, words: readonly string[]): Promise<string[]> {
  const line = words.map((word) => `'${word}'`).join(' ')
  const ask = `COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _longshore; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout } = await promisify(execFile)('bash', ['-c', `${script}\n${ask}`])
  return stdout.split('\n').filter((word) => word !== '')
}

describe('longshore completion', () => {
  it('offers verbs, options, and the values that an option or argument may have', async () => {
    const { code, stdout } = await longshore(['completion', 'bash'])
    expect(code).toBe(0)
    expect(await offered(stdout, ['longshore', 'pl'])).toEqual(['plan'])
    expect(await offered(stdout, ['longshore', ''])).toEqual(
      expect.arrayContaining(['init', 'redrive', 'status']),
    )
    expect(await offered(stdout, ['longshore', 'redrive', '--dr'])).toEqual(['--dry-run'])
    expect(await offered(stdout, ['longshore', 'init', '--from', ''])).toEqual(['copilot', 'keda'])
    expect(await offered(stdout, ['longshore', 'completion', 'z'])).toEqual(['zsh'])
  })

  it.each(['zsh', 'fish'])('knows every verb in %s', async (shell) => {
    const [{ stdout: script }, { stdout: help }] = await Promise.all([
      runHere(['completion', shell]),
      runHere(['--help']),
    ])
    const [, commands = ''] = help.split(/^Commands:$/m)
    const verbs = [...commands.matchAll(/^ {2}(\w+)/gm)].map(([, name = '']) => name)
    for (const verb of verbs.slice(0, verbs.indexOf('help'))) expect(script).toContain(verb)
    expect(script).toContain('dry-run')
  })
})

import { execFile, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { folderWith, longshore } from './process.js'
import { runHere } from './run-here.js'

/** What bash would offer after these words, the last of which is being written. */
async function offered(script: string, words: readonly string[]): Promise<string[]> {
  const line = words.map((word) => `'${word}'`).join(' ')
  const ask = `COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _longshore; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout } = await promisify(execFile)('bash', ['-c', `${script}\n${ask}`])
  return stdout.split('\n').filter((word) => word !== '')
}

// Nothing but the shells themselves can tell whether their scripts work.
function isInstalled(shell: string): boolean {
  if (spawnSync(shell, ['-c', 'true']).error === undefined) return true
  process.stderr.write(`completion in ${shell} is skipped: there is no ${shell} on the PATH. Install one.\n`)
  return false
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

  it.skipIf(!isInstalled('fish'))('offers the same in fish', async () => {
    const { stdout: script } = await runHere(['completion', 'fish'])
    const fish = async (line: string): Promise<string[]> => {
      const { stdout } = await promisify(execFile)('fish', ['-c', `${script}\ncomplete -C '${line}'`])
      return stdout.split('\n').map((offer) => offer.split('\t')[0] ?? '')
    }
    expect(await fish('longshore pl')).toContain('plan')
    expect(await fish('longshore redrive --dr')).toContain('--dry-run')
    expect(await fish('longshore init --from ')).toEqual(['copilot', 'keda', ''])
    expect(await fish('longshore completion ')).toEqual(['bash', 'fish', 'zsh', ''])
  })

  it.skipIf(!isInstalled('zsh'))('is loaded and used by zsh', async () => {
    const { stdout: script } = await runHere(['completion', 'zsh'])
    const file = join(folderWith({ 'longshore.zsh': script }), 'longshore.zsh')
    // A key for completion works in a line editor alone: a pseudo-terminal gives zsh one.
    const ask = `zmodload zsh/zpty; local text
zpty asked zsh -f -i
zpty -w asked "PS1=; autoload -Uz compinit; compinit -u -D; source ${file}; bindkey '^I' complete-word; print -r RE''ADY"
zpty -r -m asked text '*READY*'
zpty -n -w asked $'longshore redrive --dr\\t'
zpty -r -m asked text '*--dry-run*' && print -r -- found
zpty -d asked`
    const { stdout } = await promisify(execFile)('zsh', ['-f', '-c', ask], { timeout: 10_000 })
    expect(stdout).toContain('found')
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

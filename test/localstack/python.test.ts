import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { findPython, probePython } from './python.js'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longshore-python-'))
  vi.stubEnv('PATH', join(folder, 'path'))
  vi.stubEnv('PYENV_ROOT', join(folder, 'pyenv'))
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

/** A program that answers the probe as a Python of that version would; its path. */
function fakePython(path: string, answer: string): string {
  const file = join(folder, path)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, `#!/bin/sh\n${answer}\n`)
  chmodSync(file, 0o755)
  return file
}

test('a Python from 3.12 on is one', () => {
  expect(probePython(fakePython('a', 'echo 3.12.0'))?.version).toBe('3.12.0')
  expect(probePython(fakePython('b', 'echo 3.14.2'))?.version).toBe('3.14.2')
})

test('one that is too old, has no venv, or is not there, is none', () => {
  expect(probePython(fakePython('old', 'echo 3.11.9'))).toBeUndefined()
  expect(probePython(fakePython('two', 'echo 2.7.18'))).toBeUndefined()
  expect(probePython(fakePython('no-venv', 'echo "No module named ensurepip" >&2; exit 1'))).toBeUndefined()
  expect(probePython(join(folder, 'missing'))).toBeUndefined()
})

test('passes over what does not serve, up to one that does', () => {
  fakePython('path/python3', 'echo 3.11.2')
  fakePython('path/python3.13', 'exit 127')
  fakePython('pyenv/versions/3.10.1/bin/python3', 'echo 3.10.1')
  expect(findPython()).toBeUndefined()
  const served = fakePython('pyenv/versions/3.12.1/bin/python3', 'echo 3.12.1')
  expect(findPython()).toEqual({ path: served, version: '3.12.1' })
})

test('prefers the versions that were tried, the newer of them first', () => {
  fakePython('pyenv/versions/3.14.0/bin/python3', 'echo 3.14.0')
  fakePython('pyenv/versions/3.12.1/bin/python3', 'echo 3.12.1')
  fakePython('pyenv/versions/3.13.0/bin/python3', 'echo 3.13.0')
  expect(findPython()?.version).toBe('3.13.0')
})

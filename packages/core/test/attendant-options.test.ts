import { expect, test } from 'vitest'
import { OptionsError } from '../src/index.js'
import { workerConfig } from '../src/options.js'

const problemsOf = (options: object): string[] => {
  try {
    workerConfig(options)
    return []
  } catch (error) {
    if (error instanceof OptionsError) return error.message.split('\n').slice(1)
    throw error
  }
}

test('the defaults of what attends a worker are those that the documentation names', () => {
  const config = workerConfig({})
  expect(config.protection).toEqual({ afterMs: 2_000, expiresInMs: 1_800_000, idleAfterMs: 15_000 })
  expect(config.health).toBeUndefined()
  expect(config.doctor).toBe('warn')
  expect(workerConfig({ protection: 'auto' }).protection).toEqual(config.protection)
  expect(workerConfig({ protection: false }).protection).toBeUndefined()
  expect(workerConfig({ health: { port: 0 } }).health).toEqual({ port: 0, host: '127.0.0.1' })
})

test.each([
  [
    { protection: 'on' },
    'protection: expected \'auto\', false, or settings { after, expiresIn, idleAfter }, got "on"',
  ],
  [
    { protection: { expiresIn: '90s' } },
    "protection.expiresIn: expected a duration of whole minutes, from '1m' to '48h', got \"90s\"",
  ],
  [
    { protection: { expires: '2h' } },
    'protection.expires: expected no option but after, expiresIn and idleAfter, got "2h"',
  ],
  [{ health: {} }, 'health.port: expected a whole number from 0 to 65535, got nothing'],
  [{ health: { port: 80, host: '' } }, 'health.host: expected an address of this machine, got ""'],
  [{ doctor: 'no' }, "doctor: expected 'warn', 'fail' or false, got \"no\""],
])('%j is refused', (options, problem) => {
  expect(problemsOf(options)).toEqual([`  ${problem}`])
})

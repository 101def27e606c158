import { describe, expect, it } from 'vitest'
import { longshore } from './process.js'

const VERBS = ['init', 'plan', 'apply', 'publish', 'status', 'redrive', 'dev']

describe('longshore', () => {
  it('lists its verbs and exit codes when asked for help', async () => {
    const { code, stdout, stderr } = await longshore(['--help'])
    expect(code).toBe(0)
    for (const verb of VERBS) expect(stdout).toMatch(new RegExp(`^  ${verb} `, 'm'))
    expect(stdout).toMatch(/^ {2}3 {4}plan --exit-code: there are changes$/m)
    expect(stderr).toBe('')
  })

  it.each(VERBS)('explains %s with options, examples and exit codes', async (verb) => {
    const { code, stdout } = await longshore([verb, '--help'])
    expect(code).toBe(0)
    expect(stdout).toContain('--config <file>')
    expect(stdout).toContain(`$ longshore ${verb}`)
    expect(stdout).toContain('Exit codes:')
  })

  it('prints its version', async () => {
    expect(await longshore(['--version'])).toMatchObject({ code: 0, stdout: '0.1.0\n' })
  })

  it.each([
    [['plam'], "unknown command 'plam'\n(Did you mean plan?)"],
    [['plan', '--jsn'], "unknown option '--jsn'\n(Did you mean --json?)"],
    [['plan', 'extra'], "too many arguments for 'plan'"],
    [['plan', '--config'], "option '-c, --config <file>' argument missing"],
    [['redrive', 'a queue'], 'expected the name or the URL of a queue, got "a queue".'],
    [
      ['redrive', 'orders', '--rate', 'fast'],
      "argument 'fast' is invalid. Expected a whole number from 1 to 10000.",
    ],
    [['redrive', 'orders', '--where', 'country'], "Expected name=value, such as 'order.country=DE'."],
    [['dev', '--port', '70000'], "argument '70000' is invalid. Expected a whole number from 0 to 65535."],
    [['dev', '--time-scale', '0'], 'Expected a number above 0, at most 10000.'],
    [['dev', '--launch-delay', '5'], 'Expected a duration with a unit'],
    [['dev', '--account', '1'], 'Expected twelve digits.'],
    [['dev', '--queues', 'a b'], 'Expected names of letters, digits, - and _'],
  ])('exits with 2 and one message for %j', async (args, message) => {
    const { code, stdout, stderr } = await longshore(args)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^longshore: /)
    expect(stderr).toContain(message)
  })

  it('shows the help and exits with 2 when no verb is given', async () => {
    const { code, stderr } = await longshore([])
    expect(code).toBe(2)
    expect(stderr).toContain('Usage: longshore')
  })
})

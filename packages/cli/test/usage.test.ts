import { describe, expect, it } from 'vitest'
import { longshore } from './process.js'
import { runHere } from './run-here.js'

const VERBS = [
  'init',
  'doctor',
  'plan',
  'simulate',
  'apply',
  'destroy',
  'publish',
  'status',
  'lint',
  'iam',
  'template',
  'redrive',
  'dev',
  'completion',
]

describe('longshore', () => {
  it('lists its verbs and exit codes when asked for help', async () => {
    const { code, stdout, stderr } = await longshore(['--help'])
    expect(code).toBe(0)
    for (const verb of VERBS) expect(stdout).toMatch(new RegExp(`^  ${verb} `, 'm'))
    expect(stdout).toMatch(/^ {2}3 {4}plan --exit-code, destroy without --yes: there are changes$/m)
    expect(stderr).toBe('')
  })

  it.each(VERBS)('explains %s with options, examples and exit codes', async (verb) => {
    const { code, stdout } = await runHere([verb, '--help'])
    expect(code).toBe(0)
    expect(stdout).toContain('--config <file>')
    expect(stdout).toContain(`$ longshore ${verb}`)
    expect(stdout).toContain('Exit codes:')
  })

  it.each(VERBS)('%s says, and exits with 2, that it has no such option', async (verb) => {
    const { code, stdout, stderr } = await longshore([verb, '--colour'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toBe("longshore: unknown option '--colour'\n(`--help` shows the options)\n")
  })

  it('prints its version', async () => {
    expect(await longshore(['--version'])).toMatchObject({ code: 0, stdout: '0.1.0\n' })
  })

  it.each([
    [['plam'], "unknown command 'plam'\n(Did you mean plan?)"],
    [['plan', '--jsn'], "unknown option '--jsn'\n(Did you mean --json?)"],
    [['plan', 'extra'], "too many arguments for 'plan'"],
    [['plan', '--config'], "option '-c, --config <file>' argument missing"],
    [['completion', 'tcsh'], 'Allowed choices are bash, zsh, fish.'],
    [['doctor', 'a queue'], 'expected the name or the URL of a queue, got "a queue".'],
    [['redrive', 'a queue'], 'expected the name or the URL of a queue, got "a queue".'],
    [
      ['redrive', 'orders', '--rate', 'fast'],
      "argument 'fast' is invalid. Expected a whole number from 1 to 10000.",
    ],
    [['redrive', 'orders', '--where', 'country'], "Expected name=value, such as 'order.country=DE'."],
    [['simulate', '--hours', '0'], 'Expected a number of hours above 0, at most 9600.'],
    [['simulate', '--strategy', 'fastest'], 'Allowed choices are targetTracking, ladder, controller.'],
    [['dev', '--parameter', 'scaleInSizing'], "Expected name=value, such as 'scaleInSizing=gradual'."],
    [['dev', '--fault', 'throttling'], 'Expected JSON, such as \'{"effect":"throttling"'],
    [
      ['dev', '--port', '0', '--fault', '{"effect":"slow"}'],
      `--fault '{"effect":"slow"}': 1 problem\n  delay: expected this, or bytesPerSecond`,
    ],
    [['dev', '--queues', 'a b'], 'Expected names of letters, digits, - and _'],
  ])('exits with 2 and one message for %j', async (args, message) => {
    const { code, stdout, stderr } = await runHere(args)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^longshore: /)
    expect(stderr).toContain(message)
  })

  it('says of all options of a local AWS at once what is wrong with them', async () => {
    const numbers = ['--port', '70000', '--time-scale', 'fast', '--seed', '1.5']
    const delays = ['--launch-delay', '5', '--metric-delay', 'soon', '--metric-wake-delay', '1']
    const parameters = ['--parameter', 'scaleInSizing=slow', '--parameter', 'scaleInSize=slow']
    const names = ['--account', '1', '--region', 'Europe']
    const { code, stdout, stderr } = await runHere(['dev', ...numbers, ...delays, ...parameters, ...names])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    for (const line of [
      'longshore: dev: 10 problems',
      '  --port: expected a whole number from 0 to 65535, got 70000',
      '  --time-scale: expected a number above 0, at most 10000, got "fast"',
      '  --seed: expected a whole number, got 1.5',
      expect.stringContaining('  --launch-delay: expected a duration with a unit'),
      expect.stringContaining('  --metric-delay: expected a duration with a unit'),
      expect.stringContaining('  --metric-wake-delay: expected a duration with a unit'),
      `  --parameter scaleInSizing: expected 'proportional' or 'gradual', got "slow"`,
      expect.stringMatching(/ {2}--parameter scaleInSize: .*; did you mean --parameter scaleInSizing\?$/),
      '  --account: expected twelve digits, as a string, got "1"',
      `  --region: expected a region's name, such as 'us-east-1', got "Europe"`,
    ]) {
      expect(stderr.trimEnd().split('\n')).toContainEqual(line)
    }
  })

  it('shows the help and exits with 2 when no verb is given', async () => {
    const { code, stderr } = await runHere([])
    expect(code).toBe(2)
    expect(stderr).toContain('Usage: longshore')
  })
})

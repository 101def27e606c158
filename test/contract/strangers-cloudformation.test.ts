// Templates against CloudFormation's own resource schemas, which its linter carries. `npm run test:strangers` installs it.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { defineService, planFor, templateOf } from '@longshore/scaler'
import type { ServiceConfig, Template } from '@longshore/scaler'
import { expect, it, onTestFinished } from 'vitest'

import { synthesize } from '../cdk-example.js'
import { folderOf, isInstalled } from '../strangers/clients.js'

const LINTER = 'requirements-cloudformation'
const LABEL = 'app/web/50dc6c495c0c9188/targetgroup/web/943f017f100becff'

const base: ServiceConfig = {
  cluster: 'media',
  service: 'thumb-nails',
  queue: 'thumbnails',
  tasks: { min: 0, max: 400, concurrency: 20 },
  handling: { mean: '400ms' },
  objective: { wait: { p99: '60s' } },
}

const CONFIGS: Readonly<Record<string, Partial<ServiceConfig>>> = {
  'target tracking on a published metric': {},
  'target tracking on metric math, without a fallback': {
    targetTracking: { metric: 'math' },
    fallback: false,
  },
  'a ladder with 20 steps': { strategy: 'ladder', ladder: { period: '20s', outDatapoints: 2 } },
  'a controller': { strategy: 'controller' },
  'every kind of policy, schedules and suspensions': {
    policies: {
      cpu: { target: 70, highResolution: true },
      memory: { target: 80, scaleIn: true },
      requests: { target: 100, resourceLabel: LABEL },
      predictive: { metric: 'cpu', target: 60, mode: 'ForecastAndScale', maxCapacityBuffer: 10 },
      steps: [
        {
          name: 'age',
          metric: { namespace: 'AWS/SQS', name: 'ApproximateAgeOfOldestMessage', statistic: 'Maximum' },
          period: '30s',
          when: 'above',
          change: 'percent',
          least: 2,
          steps: [
            { at: 60, by: 50 },
            { at: 300, by: 100 },
          ],
        },
      ],
    },
    schedules: [
      { name: 'mornings', when: 'cron(0 8 ? * MON-FRI *)', timezone: 'Europe/Berlin', min: 5 },
      {
        name: 'sales',
        when: 'rate(12 hours)',
        start: '2030-11-20T00:00:00Z',
        end: '2030-12-01T00:00:00Z',
        max: 500,
      },
    ],
    suspended: { scaleIn: true },
  },
}

/** What the linter says of a template: nothing, if CloudFormation would take it. */
function lint(template: unknown): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'longshore-template-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'template.json')
  writeFileSync(file, JSON.stringify(template))
  const command = join(folderOf(LINTER), 'bin', 'cfn-lint')
  // E3615 knows no periods of 20 s, which CloudWatch's alarms have; W3005 is what the CDK does with any Lambda function.
  const args = ['--regions', 'eu-west-1', '--ignore-checks', 'E3615', 'W3005', '--template', file]
  // It exits with the kinds of what it found; what counts is what it says.
  return new Promise((resolve) => {
    execFile(command, args, (_error, stdout, stderr) => resolve(stdout + stderr))
  })
}

function templateWith(changes: Partial<ServiceConfig>): Template {
  return templateOf([planFor(defineService({ ...base, ...changes }))])
}

if (isInstalled(LINTER)) {
  it.each(Object.entries(CONFIGS))('CloudFormation takes the template of %s', async (_name, changes) => {
    expect(await lint(templateWith(changes))).toBe('')
  })

  it('CloudFormation takes the stack of the CDK example, by the CDK’s own check of templates too', async () => {
    const { template, output } = await synthesize({
      CDK_CONTEXT_JSON: '{"@aws-cdk/core:validateAgainstDefaultRules":true}',
    })
    expect(output).not.toMatch(/validation/i)
    expect(await lint(template)).toBe('')
  }, 180_000)

  it('the linter refuses what CloudFormation would', async () => {
    const text = JSON.stringify(templateWith({})).replace('TargetTrackingScaling"', 'TargetHuntingScaling"')
    expect(await lint(JSON.parse(text))).toContain('TargetHuntingScaling')
  })
} else {
  it('CloudFormation’s linter is not installed here: `npm run test:strangers` installs it', ({
    annotate,
  }) => {
    expect(process.env.LONGSHORE_STRANGERS, `not installed: ${LINTER}`).not.toBe('required')
    return annotate(`skipped: ${LINTER} of test/strangers not installed`)
  })
}

import { expect, test } from 'vitest'
import { checkImports } from './check.js'

const ENTRIES = [
  '@longshore/core',
  '@longshore/core/time',
  '@longshore/core/testing',
  '@longshore/model',
  '@longshore/scaler',
  '@longshore/local',
  'longshore',
]

const check = (files: Record<string, string>): string[] =>
  checkImports({ files: new Map(Object.entries(files)), entries: ENTRIES })

test('a house in order has no findings', () => {
  expect(
    check({
      'packages/core/src/index.ts': `export { createWorker } from './worker.js'`,
      'packages/core/src/worker.ts': `import { receive } from './receive/receive.js'\nimport { settle } from './settle/settle.js'`,
      'packages/core/src/receive/receive.ts': `import type { QueuePort } from '../queue/port.js'\nimport pLimit from 'p-limit'`,
      'packages/core/src/settle/settle.ts': `import { outcome } from '../outcome.js'`,
      'packages/core/src/outcome.ts': `import { randomUUID } from 'node:crypto'`,
      'packages/core/src/queue/port.ts': '',
      'packages/core/src/queue/sqs.ts': `import { SQSClient } from '@aws-sdk/client-sqs'`,
      'packages/core/src/clock.ts': 'export const now = () => Date.now()',
      'packages/core/test/settle.test.ts': `import { settle } from '../src/settle/settle.js'\nimport { manualClock } from '@longshore/core/testing'`,
      'packages/core/src/queue/sqs-port.ts': `import type { QueuePort } from './port.js'`,
      'packages/local/test/alarms.test.ts': `import { tables } from '../../model/test/golden/tables.js'`,
      'packages/scaler/src/decide/decide.ts': `import { durationMs } from '@longshore/core/time'\nimport type { Clock } from '../actuate/loop.js'`,
      'packages/scaler/src/actuate/loop.ts': `import type { Worker } from '@longshore/core'\nexport const wait = () => process.pid`,
      'packages/scaler/src/aws/ecs.ts': `import { ECSClient } from '@aws-sdk/client-ecs'`,
      'packages/local/src/index.ts': `import { nextState } from '@longshore/model'\nimport { createServer } from 'node:http'`,
      'packages/cli/src/main.ts': `import { startLocalAws } from '@longshore/local'\nimport { plan } from '@longshore/scaler'`,
      'examples/quickstart/src/worker.ts': `import { createWorker } from '@longshore/core'`,
      'examples/quickstart/longshore.config.ts': `import { defineService } from '@longshore/scaler'`,
      'test/system/worker.test.ts': `import { SQSClient } from '@aws-sdk/client-sqs'\nimport { start } from './start.js'`,
    }),
  ).toEqual([])
})

interface Violation {
  readonly name: string
  readonly file: string
  readonly source: string
  readonly finding: RegExp
}

const violations: readonly Violation[] = [
  {
    name: 'core imports another of our packages',
    file: 'packages/core/src/worker.ts',
    source: `\nimport { decide } from '@longshore/model'`,
    finding:
      /^packages\/core\/src\/worker\.ts:2 imports @longshore\/model: packages\/core\/src may import nothing/,
  },
  {
    name: 'an SDK outside its room in core',
    file: 'packages/core/src/settle/settle.ts',
    source: `import { SQSClient } from '@aws-sdk/client-sqs'`,
    finding: /settle\.ts:1 imports @aws-sdk\/client-sqs: packages\/core\/src\/queue\/ alone/,
  },
  {
    name: 'another client than SQS in the queue of core',
    file: 'packages/core/src/queue/sqs.ts',
    source: `import type { ECSClient } from '@aws-sdk/client-ecs'`,
    finding: /imports @aws-sdk\/client-ecs/,
  },
  {
    name: 'a room of core imports its sibling',
    file: 'packages/core/src/admit/slots.ts',
    source: `import { lease } from '../settle/lease.js'`,
    finding: /imports \.\.\/settle\/lease\.js: admit\/ never imports its sibling settle\/\. Take a function/,
  },
  {
    name: "a room of core imports a sibling's type, other than the port's",
    file: 'packages/core/src/admit/slots.ts',
    source: `import type { Lease } from '../settle/lease.js'`,
    finding: /admit\/ never imports its sibling settle\//,
  },
  {
    name: 'a room of core imports the adapter of the queue, not its types',
    file: 'packages/core/src/receive/receive.ts',
    source: `import { sqsQueue } from '../queue/sqs.js'`,
    finding: /receive\/ never imports its sibling queue\//,
  },
  {
    name: 'model imports Node',
    file: 'packages/model/src/alarm.ts',
    source: `import { readFileSync } from 'node:fs'`,
    finding: /imports node:fs: packages\/model\/src imports nothing but its own files/,
  },
  {
    name: 'model imports a library',
    file: 'packages/model/src/alarm.ts',
    source: `import { z } from 'zod'`,
    finding: /imports zod: packages\/model\/src imports nothing/,
  },
  {
    name: 'model reads the environment',
    file: 'packages/model/src/alarm.ts',
    source: `// process.env is fine in a comment\nconst region = process.env.AWS_REGION`,
    finding: /alarm\.ts:2 says process\.: this room is pure\. Instead, take the value/,
  },
  {
    name: 'model waits',
    file: 'packages/model/src/alarm.ts',
    source: `setTimeout(() => {}, 1)`,
    finding: /says setTimeout: this room is pure\. Instead, return the delay/,
  },
  {
    name: 'a pure room of the scaler imports Node',
    file: 'packages/scaler/src/plan/plan.ts',
    source: `import os from 'os'`,
    finding: /plan\.ts:1 imports os: this room is pure/,
  },
  {
    name: 'a pure room of the scaler takes the machine’s clock',
    file: 'packages/scaler/src/decide/decide.ts',
    source: `import { systemClock } from '@longshore/core/time'`,
    finding: /says systemClock: this room is pure/,
  },
  {
    name: 'the scaler takes more than types of core',
    file: 'packages/scaler/src/observe/observe.ts',
    source: `import { createWorker } from '@longshore/core'`,
    finding: /takes only types from it\. Write import type/,
  },
  {
    name: 'the scaler imports the local AWS',
    file: 'packages/scaler/src/index.ts',
    source: `export * from '@longshore/local'`,
    finding: /imports @longshore\/local: packages\/scaler\/src may import @longshore\/model/,
  },
  {
    name: 'the scaler calls AWS outside its room',
    file: 'packages/scaler/src/actuate/apply.ts',
    source: `const ecs = await import('@aws-sdk/client-ecs')`,
    finding: /packages\/scaler\/src\/aws\/ alone talks to AWS/,
  },
  {
    name: 'the local AWS uses an SDK',
    file: 'packages/local/src/index.ts',
    source: `import { SQSClient } from '@aws-sdk/client-sqs'`,
    finding: /packages\/local\/src uses no AWS SDK/,
  },
  {
    name: 'the command goes round its packages',
    file: 'packages/cli/src/main.ts',
    source: `import { alarm } from '@longshore/model'`,
    finding: /packages\/cli\/src may import .*@longshore\/scaler, @longshore\/local/,
  },
  {
    name: 'anything reads the machine’s clock by itself',
    file: 'packages/local/src/sqs/queue.ts',
    source: `const now = Date.now()`,
    finding: /queue\.ts:1 says Date\.now: only packages\/core\/src\/clock\.ts/,
  },
  {
    name: 'a test reaches into a package',
    file: 'test/system/worker.test.ts',
    source: `import { lease } from '../../packages/core/src/settle/lease.js'`,
    finding: /files of another package are its own business/,
  },
  {
    name: 'a test imports something that is no public entry',
    file: 'test/system/worker.test.ts',
    source: `import { lease } from '@longshore/core/dist/settle/lease.js'`,
    finding: /it is no public entry\. The entries are @longshore\/core, /,
  },
  {
    name: 'a test of a package reaches into another package',
    file: 'packages/scaler/test/plan.test.ts',
    source: `import { alarm } from '../../model/src/alarm.js'`,
    finding: /files of another package are its own business/,
  },
  {
    name: 'a package imports from the tests',
    file: 'packages/local/test/sqs.test.ts',
    source: `import { rules } from '../../../test/contract/rules.js'`,
    finding: /nothing imports from examples or test/,
  },
  {
    name: 'a test imports from an example',
    file: 'test/system/worker.test.ts',
    source: `import { queue } from '../../examples/quickstart/src/queue.js'`,
    finding: /nothing imports from examples or test/,
  },
]

test.each(violations)('catches that $name', ({ file, source, finding }) => {
  const findings = check({ [file]: source })
  expect(findings).toHaveLength(1)
  expect(findings[0]).toMatch(finding)
})

test('catches that a pure room reaches an impure file', () => {
  const findings = check({
    'packages/scaler/src/decide/decide.ts': `import { words } from '../words.js'`,
    'packages/scaler/src/words.ts': `import { host } from './host.js'`,
    'packages/scaler/src/host.ts': `import { hostname } from 'node:os'`,
  })
  expect(findings).toEqual([
    'packages/scaler/src/host.ts:1 imports node:os: packages/scaler/src/decide/decide.ts reaches it and is pure. Take what was read as an argument.',
  ])
})

test('catches that a room reaches its sibling through a file beside the rooms', () => {
  const findings = check({
    'packages/core/src/admit/slots.ts': `import { drain } from '../drain.js'`,
    'packages/core/src/drain.ts': `import { pipeline } from './pipeline.js'`,
    'packages/core/src/pipeline.ts': `import { slots } from './admit/slots.js'\nimport type { QueuePort } from './queue/port.js'\nimport { settle } from './settle/settle.js'`,
    'packages/core/src/settle/settle.ts': '',
  })
  expect(findings).toContainEqual(
    expect.stringMatching(
      /slots\.ts:1 imports \.\.\/drain\.js: admit\/ reaches its sibling settle\/ through it\./,
    ),
  )
})

test('catches that the testing room is reachable from the entry of core', () => {
  const findings = check({
    'packages/core/src/index.ts': `export * from './shared.js'`,
    'packages/core/src/shared.ts': `export * from './also.js'`,
    'packages/core/src/also.ts': `export type { ManualClock } from './testing/manual-clock.js'`,
    'packages/core/src/testing/manual-clock.ts': '',
  })
  expect(findings).toContainEqual(
    expect.stringMatching(/testing\/manual-clock\.ts is reachable from packages\/core\/src\/index\.ts/),
  )
})

test('catches an import cycle and names its files in order', () => {
  const findings = check({
    'packages/model/src/a.ts': `import { b } from './b.js'`,
    'packages/model/src/b.ts': `import { c } from './c.js'`,
    'packages/model/src/c.ts': `import { type B } from './b.js'\nimport type { A } from './a.js'`,
  })
  expect(findings).toEqual([
    'packages/model/src/b.ts → packages/model/src/c.ts → packages/model/src/b.ts: an import cycle. Move what both need into a file of its own.',
  ])
})

test('refuses a source that stands in no place of the house', () => {
  expect(() => check({ 'lib/stray.ts': `import './other.js'` })).toThrow(
    'lib/stray.ts is in no place of the house',
  )
})

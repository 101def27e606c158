import { DURATION_EXPECTED, isDuration } from '@longshore/core/time'
import type { Duration } from '@longshore/core/time'
import { z } from 'zod'

import { faultError } from '../server/local-aws-error.js'
import type { LocalAwsProblem } from '../server/local-aws-error.js'
import { describe, nearestOf, problemsOf } from '../server/problems.js'
import { AWS_SERVICES } from '../server/protocols/aws-services.js'
import type { ServiceName } from '../server/protocols/aws-services.js'
import { EFFECT_DETAILS, EFFECT_OPERATIONS } from './fault-options.js'
import type { FaultEffect, FaultOptions } from './fault-options.js'

const EFFECTS = Object.keys(EFFECT_DETAILS) as FaultEffect['effect'][]
const SERVICES = AWS_SERVICES.map(({ name }) => name)

const EXPECTED: Readonly<Record<string, string>> = {
  effect: `one of ${EFFECTS.join(', ')}`,
  service: `one of ${SERVICES.join(', ')}`,
  operation: "an operation's name, such as 'ReceiveMessage'",
  queue: "a queue's name",
  accountId: 'twelve digits, as a string',
  probability: 'a number above 0, at most 1',
  count: 'a whole number above 0',
  seed: 'a whole number',
  status: 'a whole number from 500 to 599',
  delay: DURATION_EXPECTED,
  bytesPerSecond: 'a whole number above 0',
  of: "'in-flight' or 'deleted'",
  age: DURATION_EXPECTED,
}

const duration = z.custom<Duration>(isDuration).optional()

const schema = z.strictObject({
  effect: z.enum(EFFECTS),
  service: z.enum(SERVICES).optional(),
  operation: z.string().min(1).optional(),
  queue: z.string().min(1).optional(),
  accountId: z
    .string()
    .regex(/^\d{12}$/)
    .optional(),
  probability: z.number().positive().max(1).optional(),
  count: z.int().positive().optional(),
  seed: z.int().optional(),
  status: z.int().min(500).max(599).optional(),
  delay: duration,
  bytesPerSecond: z.int().positive().optional(),
  of: z.enum(['in-flight', 'deleted']).optional(),
  age: duration,
})
type Given = z.output<typeof schema>

/** The operations that are here, of one service or of all. */
export type KnownOperations = (service?: ServiceName) => readonly string[]

/**
 * Checks a fault.
 *
 * @throws LocalAwsError `LONGSHORE_FAULT` that lists every problem at once.
 */
export function readFault(options: unknown, knownOperations: KnownOperations): FaultOptions {
  const result = schema.transform(withoutUndefined).safeParse(options)
  const problems = result.success
    ? contradictionsIn(result.data, knownOperations)
    : problemsOf(result.error.issues, options, { expected: EXPECTED, whole: 'fault' })
  if (problems.length > 0) throw faultError(problems)
  return result.data as FaultOptions
}

/** An option that is undefined is not given. */
function withoutUndefined(given: Given): Given {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Given
}

function contradictionsIn(given: Given, knownOperations: KnownOperations): LocalAwsProblem[] {
  return [...misplacedDetails(given), ...missingDetails(given), ...wrongOperation(given, knownOperations)]
}

function misplacedDetails(given: Given): LocalAwsProblem[] {
  const all = Object.entries(EFFECT_DETAILS)
  return all.flatMap(([effect, details]) =>
    details
      .filter((detail) => effect !== given.effect && Object.hasOwn(given, detail))
      .map((path) =>
        problem(given, path, `nothing with effect '${given.effect}': it belongs to '${effect}'`),
      ),
  )
}

function missingDetails(given: Given): LocalAwsProblem[] {
  if (given.effect === 'stale-counts' && given.age === undefined) {
    return [problem(given, 'age', `${DURATION_EXPECTED}, with effect 'stale-counts'`)]
  }
  if (given.effect === 'slow' && given.delay === undefined && given.bytesPerSecond === undefined) {
    return [problem(given, 'delay', "this, or bytesPerSecond, with effect 'slow'")]
  }
  return []
}

function wrongOperation(given: Given, knownOperations: KnownOperations): LocalAwsProblem[] {
  const { effect, operation, queue, service } = given
  const only = EFFECT_OPERATIONS.get(effect)
  const problems: LocalAwsProblem[] = []
  if ((only !== undefined || queue !== undefined) && (service ?? 'sqs') !== 'sqs') {
    problems.push(
      problem(given, 'service', only === undefined ? "'sqs' with a queue" : `'sqs' with effect '${effect}'`),
    )
  }
  if (only !== undefined && (operation ?? only) !== only) {
    problems.push(problem(given, 'operation', `'${only}' with effect '${effect}'`))
  } else if (operation !== undefined && !knownOperations(service).includes(operation)) {
    const nearest = nearestOf(operation, knownOperations(service))
    const expected =
      service === undefined ? 'an operation that is here' : `an operation of '${service}' that is here`
    problems.push({ ...problem(given, 'operation', expected), ...(nearest === undefined ? {} : { nearest }) })
  }
  if (effect === 'duplicate' && queue?.endsWith('.fifo') === true) {
    problems.push(
      problem(given, 'queue', "a standard queue with effect 'duplicate': FIFO queues deliver once"),
    )
  }
  return problems
}

function problem(given: Given, path: string, expected: string): LocalAwsProblem {
  return { path, expected, got: describe(given[path as keyof Given]) }
}

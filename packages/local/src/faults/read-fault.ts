import { nearestName, option, optionProblems, problemAt } from '@longshore/core/option-problems'
import type { OptionProblem } from '@longshore/core/option-problems'
import { DURATION_EXPECTED, isDuration } from '@longshore/core/time'
import type { Duration } from '@longshore/core/time'
import { z } from 'zod'

import { faultError } from '../server/local-aws-error.js'
import { accountIdOption, isMatch } from '../server/option-rules.js'
import { AWS_SERVICES } from '../server/protocols/aws-services.js'
import type { ServiceName } from '../server/protocols/aws-services.js'
import { EFFECT_DETAILS, EFFECT_OPERATIONS } from './fault-options.js'
import type { FaultEffect, FaultOptions } from './fault-options.js'

const EFFECTS = Object.keys(EFFECT_DETAILS) as FaultEffect['effect'][]
const SERVICES = AWS_SERVICES.map(({ name }) => name)

const oneOf = <Choice extends string>(choices: readonly Choice[]) =>
  option<Choice>(`one of ${choices.join(', ')}`, (value) => choices.some((choice) => choice === value))
const text = (expected: string) => option<string>(expected, isMatch(/./))
const duration = () => option<Duration>(DURATION_EXPECTED, isDuration)
const countAbove0 = () =>
  option<number>('a whole number above 0', (value) => Number.isInteger(value) && Number(value) > 0)

const schema = z.strictObject({
  effect: oneOf(EFFECTS).unwrap(),
  service: oneOf(SERVICES),
  operation: text("an operation's name, such as 'ReceiveMessage'"),
  queue: text("a queue's name"),
  accountId: accountIdOption,
  probability: option<number>('a number above 0, at most 1', isProbability),
  count: countAbove0(),
  seed: option<number>('a whole number', Number.isInteger),
  status: option<number>('a whole number from 500 to 599', isServerStatus),
  delay: duration(),
  bytesPerSecond: countAbove0(),
  of: oneOf(['in-flight', 'deleted']),
  age: duration(),
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
  const wrong = optionProblems(schema, options)
  if (wrong.length > 0) throw faultError(wrong)
  const given = withoutUndefined(schema.parse(options))
  const contradictions = contradictionsIn(given, knownOperations)
  if (contradictions.length > 0) throw faultError(contradictions)
  return given as FaultOptions
}

/** An option that is undefined is not given. */
function withoutUndefined(given: Given): Given {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Given
}

function contradictionsIn(given: Given, knownOperations: KnownOperations): OptionProblem[] {
  return [...misplacedDetails(given), ...missingDetails(given), ...wrongOperation(given, knownOperations)]
}

function misplacedDetails(given: Given): OptionProblem[] {
  const all = Object.entries(EFFECT_DETAILS)
  return all.flatMap(([effect, details]) =>
    details
      .filter((detail) => effect !== given.effect && Object.hasOwn(given, detail))
      .map((path) =>
        problemAt(given, [path], `nothing with effect '${given.effect}': it belongs to '${effect}'`),
      ),
  )
}

function missingDetails(given: Given): OptionProblem[] {
  if (given.effect === 'stale-counts' && given.age === undefined) {
    return [problemAt(given, ['age'], `${DURATION_EXPECTED}, with effect 'stale-counts'`)]
  }
  if (given.effect === 'slow' && given.delay === undefined && given.bytesPerSecond === undefined) {
    return [problemAt(given, ['delay'], "this, or bytesPerSecond, with effect 'slow'")]
  }
  return []
}

function wrongOperation(given: Given, knownOperations: KnownOperations): OptionProblem[] {
  const { effect, operation, queue, service } = given
  const only = EFFECT_OPERATIONS.get(effect)
  const problems: OptionProblem[] = []
  if ((only !== undefined || queue !== undefined) && (service ?? 'sqs') !== 'sqs') {
    problems.push(
      problemAt(
        given,
        ['service'],
        only === undefined ? "'sqs' with a queue" : `'sqs' with effect '${effect}'`,
      ),
    )
  }
  if (only !== undefined && (operation ?? only) !== only) {
    problems.push(problemAt(given, ['operation'], `'${only}' with effect '${effect}'`))
  } else if (operation !== undefined && !knownOperations(service).includes(operation)) {
    const nearest = nearestName(operation, knownOperations(service))
    const expected =
      service === undefined ? 'an operation that is here' : `an operation of '${service}' that is here`
    problems.push({
      ...problemAt(given, ['operation'], expected),
      ...(nearest === undefined ? {} : { nearest }),
    })
  }
  if (effect === 'duplicate' && queue?.endsWith('.fifo') === true) {
    problems.push(
      problemAt(given, ['queue'], "a standard queue with effect 'duplicate': FIFO queues deliver once"),
    )
  }
  return problems
}

function isProbability(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && value <= 1
}

function isServerStatus(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 500 && Number(value) <= 599
}

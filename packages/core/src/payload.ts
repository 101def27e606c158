import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { PayloadProblem } from './errors.js'
import { PayloadError } from './errors.js'

type Validated<T> = StandardSchemaV1.Result<T> | Promise<StandardSchemaV1.Result<T>>

/**
 * Reads a JSON body by a schema. Answers at once unless the schema itself is asynchronous.
 *
 * @throws PayloadError when the text is not JSON or fails the schema. What the schema's own code throws passes through.
 */
export function readPayload<T>(schema: StandardSchemaV1<unknown, T>, body: string): T | Promise<T> {
  return validated(schema, parseJson(body))
}

/** {@link readPayload} of what is parsed already. */
export function validated<T>(schema: StandardSchemaV1<unknown, T>, value: unknown): T | Promise<T> {
  const result: Validated<T> = schema['~standard'].validate(value)
  return result instanceof Promise ? result.then(valueOf) : valueOf(result)
}

/** @throws PayloadError when the text is not JSON. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch (cause) {
    // The parser's own text quotes the body, which stays out of messages and logs.
    throw new PayloadError('The message is not JSON.', [{ path: '', message: 'is not JSON' }], {
      cause: cause instanceof Error ? cause.name : cause,
    })
  }
}

/** Of the message as a whole: `It ${problem}` reads as a sentence. */
export function unreadable(problem: string, cause?: unknown): PayloadError {
  return new PayloadError(`The message ${problem}.`, [{ path: '', message: problem }], { cause })
}

function valueOf<T>(result: StandardSchemaV1.Result<T>): T {
  if (result.issues === undefined) return result.value
  const problems = result.issues.map(problemOf)
  const text = problems.map(({ path, message }) => `${path === '' ? 'message' : path}: ${message}`).join('; ')
  throw new PayloadError(`The message fails the queue's schema: ${text}`, problems)
}

function problemOf(issue: StandardSchemaV1.Issue): PayloadProblem {
  return { path: pathText(issue.path ?? []), message: issue.message }
}

function pathText(path: NonNullable<StandardSchemaV1.Issue['path']>): string {
  let text = ''
  for (const part of path) {
    const key = typeof part === 'object' ? part.key : part
    if (typeof key === 'number') text += `[${key}]`
    else text += text === '' ? String(key) : `.${String(key)}`
  }
  return text
}

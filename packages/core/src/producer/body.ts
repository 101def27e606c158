import { PayloadError } from '../errors.js'

// SQS refuses these two characters; in JSON they can only be inside texts, where an escape means the same.
const REFUSED = /[\uFFFE\uFFFF]/

/** @throws PayloadError for what has no JSON form. */
export function bodyOf(message: unknown): string {
  const body: string | undefined = JSON.stringify(message)
  if (body === undefined) {
    throw new PayloadError('The message has no JSON form.', [{ path: '', message: `is a ${typeof message}` }])
  }
  if (!REFUSED.test(body)) return body
  return body.replace(/[\uFFFE\uFFFF]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`)
}

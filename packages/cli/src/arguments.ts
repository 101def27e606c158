import { isDuration } from '@longshore/core/time'
import type { Duration } from '@longshore/core/time'
import { InvalidArgumentError } from 'commander'

/** A reader of whole numbers, both limits included. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (/^\d+$/.test(text) && number >= min && number <= max) return number
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`)
  }
}

export function toDuration(text: string): Duration {
  if (isDuration(text)) return text
  throw new InvalidArgumentError("Expected a duration with a unit, such as '500ms' or '20s'.")
}

/** Reads `name=value`, once more each time that the option is given. */
export function toPairs(
  text: string,
  before: readonly { name: string; value: string }[] = [],
): { name: string; value: string }[] {
  const at = text.indexOf('=')
  if (at > 0) return [...before, { name: text.slice(0, at), value: text.slice(at + 1) }]
  throw new InvalidArgumentError("Expected name=value, such as 'order.country=DE'.")
}

/** Gathers what a repeated option is given. */
export function toTexts(text: string, before: readonly string[] = []): string[] {
  return [...before, text]
}

export function toRegion(text: string): string {
  if (/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(text)) return text
  throw new InvalidArgumentError("Expected an AWS region, such as 'eu-central-1'.")
}

export function toAccount(text: string): string {
  if (/^\d{12}$/.test(text)) return text
  throw new InvalidArgumentError('Expected twelve digits.')
}

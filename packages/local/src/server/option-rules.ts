import { option } from '@longshore/core/option-problems'
import type { z } from 'zod'

/** What options of the server and of faults have in common. */
export const accountIdOption: z.ZodOptional<z.ZodType<string>> = option(
  'twelve digits, as a string',
  isMatch(/^\d{12}$/),
)

/** True for a text of that form. */
export function isMatch(form: RegExp): (value: unknown) => boolean {
  return (value) => typeof value === 'string' && form.test(value)
}
